import { useState } from 'preact/hooks';
import type { RoomList } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { PlusIcon } from '../parts/icons.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PagedList, pageQuery } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { navigate } from '../router/router.ts';
import { pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';

type Room = RoomList['rooms'][number];

/** The public rooms, to be found and joined. */
export const RoomDirectory = () => {
  const [list] = useState(() => new PagedList(findRooms));
  const t = text.value;
  return (
    <>
      <ViewHead>
        <h1>{t.rooms}</h1>
        <a class="button head-button" href="/rooms/new">
          <PlusIcon /> {t.newRoom}
        </a>
      </ViewHead>
      <SearchedList
        list={list}
        label={t.searchRooms}
        nothing={t.noRoomFound}
        keyOf={({ id }) => id}
      >
        {(room) => <RoomEntry room={room} />}
      </SearchedList>
    </>
  );
};

async function findRooms(search: string, after?: string) {
  const { rooms, hasMore, next } = await doorbell.api.listRooms(pageQuery(search, after));
  return { items: rooms, next: hasMore ? next : null };
}

const RoomEntry = ({ room: { id, title, topic, memberCount, joined } }: { room: Room }) => {
  const { members, join, open } = text.value;
  const count = members(memberCount);
  return (
    <>
      <Avatar name={id} shownName={title} isRoom />
      <ItemWords title={title} about={topic ? `${count} · ${isolate(topic)}` : count} />
      {joined ? (
        <a class="button" href={pathOf(id)} aria-label={`${open}: ${isolate(title)}`}>
          {open}
        </a>
      ) : (
        <button
          type="button"
          class="button"
          data-kind="main"
          aria-label={`${join}: ${isolate(title)}`}
          onClick={() => void joinRoom(id)}
        >
          {join}
        </button>
      )}
    </>
  );
};

async function joinRoom(id: string): Promise<void> {
  try {
    await doorbell.join(id);
    navigate(pathOf(id));
  } catch (error) {
    tellProblem(error);
  }
}
