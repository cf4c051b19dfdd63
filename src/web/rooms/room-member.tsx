import type { Member, Role } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { TrashIcon } from '../parts/icons.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';

const ROLES: readonly Role[] = ['owner', 'moderator', 'member'];

interface RoomMemberProps {
  member: Member;
  roomId: string;
  ownRole: Role;
}

/** One member. Owners give roles; they remove anybody, and moderators those who are only members. */
export const RoomMember = ({ member, roomId, ownRole }: RoomMemberProps) => {
  const { username, displayName, role } = member;
  const t = text.value;
  const isSelf = username === me.value?.username;
  const mayRemove = ownRole === 'owner' || (ownRole === 'moderator' && role === 'member');
  return (
    <li class="item">
      <Avatar name={username} shownName={displayName} />
      <ItemWords title={displayName} about={`@${username}`} />
      {ownRole === 'owner' && !isSelf ? (
        <select
          class="input role"
          aria-label={t.roleOf(displayName)}
          value={role}
          onChange={({ currentTarget }) =>
            void doorbell.setRole(roomId, username, currentTarget.value as Role).catch(tellProblem)
          }
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {t.roles[one]}
            </option>
          ))}
        </select>
      ) : (
        <span class="quiet">{t.roles[role]}</span>
      )}
      {mayRemove && !isSelf && (
        <button
          type="button"
          class="icon-button"
          aria-label={t.removePerson(displayName)}
          onClick={() => askToRemove(roomId, member)}
        >
          <TrashIcon />
        </button>
      )}
    </li>
  );
};

function askToRemove(roomId: string, { username, displayName }: Member): void {
  const { removePerson, removePersonHint, removeShort } = text.value;
  confirmFirst({
    title: `${removePerson(displayName)}?`,
    hint: removePersonHint,
    action: removeShort,
    onConfirm: () => void doorbell.removeMember(roomId, username).catch(tellProblem),
  });
}
