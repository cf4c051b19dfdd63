import type { Conversation } from '../../client/index.ts';
import { titleOf } from '../conversations/title.ts';
import { doorbell } from '../doorbell.ts';
import { confirmFirst } from '../parts/confirm.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { text } from '../text/text.ts';
import { SettingAction } from './setting-action.tsx';

/** The ways out of a room. */
export const Leaving = ({ room }: { room: Conversation }) => {
  const { leaving, leave, leaveRoomHint, deleteRoom, deleteRoomHint } = text.value;
  return (
    <section class="setting-actions" aria-labelledby="leaving">
      <h2 id="leaving">{leaving}</h2>
      <SettingAction hint={leaveRoomHint} onClick={() => askToLeave(room)}>
        {leave}
      </SettingAction>
      {room.role === 'owner' && (
        <SettingAction hint={deleteRoomHint} kind="danger" onClick={() => askToDelete(room)}>
          {deleteRoom}
        </SettingAction>
      )}
    </section>
  );
};

const toList = (): void => navigate('/');

function askToLeave(room: Conversation): void {
  const { leaveRoom, leaveRoomHint, leave } = text.value;
  confirmFirst({
    title: leaveRoom(titleOf(room)),
    hint: leaveRoomHint,
    action: leave,
    onConfirm: () => void doorbell.leave(room.id).then(toList, tellProblem),
  });
}

function askToDelete(room: Conversation): void {
  const { deleteRoom, deleteRoomNamed, deleteRoomHint } = text.value;
  confirmFirst({
    title: deleteRoomNamed(titleOf(room)),
    hint: deleteRoomHint,
    action: deleteRoom,
    onConfirm: () => void doorbell.deleteRoom(room.id).then(toList, tellProblem),
  });
}
