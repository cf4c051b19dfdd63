import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { PagedList, pageQuery } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { text } from '../text/text.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';
import { RoomEntry } from './room-entry.tsx';

/** All rooms, the private ones too. */
export const RoomList = () => {
  const [list] = useState(() => new PagedList(findRooms));
  const t = text.value;
  return (
    <>
      <AdminHead title={t.rooms} onRefresh={() => list.again()} />
      <SearchedList
        list={list}
        label={t.searchAllRooms}
        nothing={t.noRoomFound}
        keyOf={({ id }) => id}
      >
        {(room) => <RoomEntry room={room} />}
      </SearchedList>
    </>
  );
};

async function findRooms(search: string, after?: string) {
  const { rooms, next } = await asAdmin(doorbell.admin.listRooms(pageQuery(search, after)));
  return { items: rooms, next };
}
