import type { Conversation } from '../../client/index.ts';
import { titleOf } from '../conversations/title.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { LeaveIcon, PeopleIcon } from '../parts/icons.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { membersPathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';

export const ConversationHead = ({ conversation }: { conversation: Conversation | undefined }) => {
  if (!conversation)
    return (
      <ViewHead>
        <h1 class="visually-hidden">{text.value.messages}</h1>
      </ViewHead>
    );
  const { id, kind, with: other } = conversation;
  const title = titleOf(conversation);
  const isRoom = kind === 'room';
  return (
    <ViewHead>
      <Avatar
        name={other?.username ?? id}
        shownName={title}
        isRoom={isRoom}
        isOnline={other?.online ?? false}
      />
      <div class="head-words">
        <h1 dir="auto">{title}</h1>
        <p class="quiet" dir="auto">
          {aboutOf(conversation)}
        </p>
      </div>
      {isRoom && (
        <a
          class="icon-button"
          href={membersPathOf(id)}
          title={text.value.membersOf}
          aria-label={text.value.membersOf}
        >
          <PeopleIcon />
        </a>
      )}
      {isRoom && (
        <button
          type="button"
          class="icon-button"
          title={text.value.leave}
          aria-label={text.value.leave}
          onClick={() => askToLeave(id, title)}
        >
          <LeaveIcon />
        </button>
      )}
    </ViewHead>
  );
};

function aboutOf({ kind, topic, memberCount, with: other }: Conversation): string {
  const { members, online } = text.value;
  if (kind === 'room') return topic ? `${members(memberCount)} · ${topic}` : members(memberCount);
  if (!other) return '';
  return other.online ? online : `@${other.username}`;
}

function askToLeave(id: string, title: string): void {
  const { leaveRoom, leaveRoomHint, leave } = text.value;
  confirmFirst({
    title: leaveRoom(title),
    hint: leaveRoomHint,
    action: leave,
    onConfirm: () => void doorbell.leave(id).then(() => navigate('/'), tellProblem),
  });
}
