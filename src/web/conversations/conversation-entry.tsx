import type { Conversation } from '../../client/index.ts';
import { draftOf } from '../conversation/drafts.ts';
import { Avatar } from '../parts/avatar.tsx';
import { LockIcon } from '../parts/icons.tsx';
import { pathOf } from '../router/routes.ts';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { fullTime, shortTime } from '../text/times.ts';
import { lastLineOf } from './last-line.ts';
import { titleOf } from './title.ts';

interface EntryProps {
  conversation: Conversation;
  isOpen: boolean;
}

/** One conversation in the list. */
export const ConversationEntry = ({ conversation, isOpen }: EntryProps) => {
  const { id, kind, with: other, visibility, unread, updatedAt, muted } = conversation;
  const title = titleOf(conversation);
  return (
    <li>
      <a
        class="entry"
        href={pathOf(id)}
        aria-current={isOpen ? 'page' : undefined}
        data-unread={unread > 0}
      >
        <Avatar
          name={other?.username ?? id}
          shownName={title}
          isRoom={kind === 'room'}
          isOnline={other?.online ?? false}
        />
        <span class="entry-words">
          <span class="entry-top">
            <bdi class="entry-title">{title}</bdi>
            {kind === 'room' && visibility === 'private' && <LockIcon />}
            <time class="entry-time" dateTime={updatedAt} title={fullTime(updatedAt)}>
              {shortTime(updatedAt, now.value)}
            </time>
          </span>
          <span class="entry-bottom">
            <LastLine conversation={conversation} isOpen={isOpen} />
            {unread > 0 && <Badge unread={unread} isMuted={muted} />}
          </span>
        </span>
      </a>
    </li>
  );
};

const LastLine = ({ conversation, isOpen }: EntryProps) => {
  const draft = isOpen ? '' : draftOf(conversation.id);
  const { by, words } = draft ? { by: text.value.draft, words: draft } : lastLineOf(conversation);
  return (
    <span class="entry-line" data-draft={draft !== ''} dir="auto">
      {by && (
        <>
          <bdi class="entry-by">{by}</bdi>{' '}
        </>
      )}
      <bdi>{words}</bdi>
    </span>
  );
};

const Badge = ({ unread, isMuted }: { unread: number; isMuted: boolean }) => (
  <span class="badge" data-muted={isMuted}>
    <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
    <span class="visually-hidden">{text.value.unread(unread)}</span>
  </span>
);
