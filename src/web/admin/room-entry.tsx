import { useRef, useState } from 'preact/hooks';
import type { AdminRoomList } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { announce } from '../parts/announcer.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';
import { fullTime } from '../text/times.ts';
import { asAdmin } from './as-admin.ts';
import { Facts } from './facts.tsx';
import { figure } from './figures.ts';

type Room = AdminRoomList['rooms'][number];

/** One of the rooms, which opens to what there is to know of it. Once deleted it stays and says so. */
export const RoomEntry = ({ room }: { room: Room }) => {
  const [isDeleted, setDeleted] = useState(false);
  const summary = useRef<HTMLElement>(null);
  const t = text.value;
  const { id, title, memberCount } = room;
  const remove = async (): Promise<void> => {
    try {
      await asAdmin(doorbell.admin.deleteRoom(id));
      setDeleted(true);
      summary.current?.focus();
      announce(t.roomDeleted);
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <details class="admin-room">
      <summary ref={summary}>
        <Avatar name={id} shownName={title} isRoom />
        <ItemWords title={title} about={isDeleted ? t.roomDeleted : t.members(memberCount)} />
      </summary>
      {!isDeleted && (
        <>
          <RoomFacts room={room} />
          <button type="button" class="button" onClick={() => ask(title, remove)}>
            {t.endRoom}
          </button>
        </>
      )}
    </details>
  );
};

const RoomFacts = ({ room }: { room: Room }) => {
  const t = text.value;
  return (
    <Facts
      facts={[
        [t.roomId, room.id],
        [t.whoMayJoin, room.visibility === 'public' ? t.publicRoom : t.privateRoom],
        [t.messages, figure(room.lastSequence)],
        [t.since, fullTime(room.createdAt)],
        [t.lastActivity, fullTime(room.updatedAt)],
      ]}
    />
  );
};

function ask(title: string, remove: () => Promise<void>): void {
  const { actOn, endRoom, endRoomHint } = text.value;
  confirmFirst({
    title: actOn(endRoom, title),
    hint: endRoomHint,
    action: endRoom,
    onConfirm: () => void remove(),
  });
}
