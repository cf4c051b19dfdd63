import type { FoundMessage } from '../../client/index.ts';
import { findConversation } from '../conversations/conversations.ts';
import { titleOf } from '../conversations/title.ts';
import { Avatar } from '../parts/avatar.tsx';
import { nameOf } from '../people/names.ts';
import { messagePathOf } from '../router/routes.ts';
import { now } from '../shell/clock.ts';
import { fullTime, shortTime } from '../text/times.ts';
import { foundPieces } from './found-pieces.ts';

interface FoundEntryProps {
  message: FoundMessage;
  /** Where it could be of any. */
  isTitled: boolean;
}

/** A message that was found: the way to it. */
export const FoundEntry = ({ message, isTitled }: FoundEntryProps) => {
  const { conversationId, sequence, sender, createdAt } = message;
  const conversation = isTitled ? findConversation(conversationId) : undefined;
  const title = conversation && titleOf(conversation);
  return (
    <a class="item-link found" href={messagePathOf(conversationId, sequence)}>
      <Avatar name={sender} shownName={nameOf(sender)} />
      <span class="found-words">
        <span class="found-top">
          <bdi class="found-sender">{nameOf(sender)}</bdi>
          {title && title !== nameOf(sender) && <bdi class="found-title">{title}</bdi>}
          <time class="found-time" dateTime={createdAt} title={fullTime(createdAt)}>
            {shortTime(createdAt, now.value)}
          </time>
        </span>
        <span class="found-body" dir="auto">
          {foundPieces(message).map(({ text, isMatch }, index) =>
            isMatch ? <mark key={index}>{text}</mark> : text,
          )}
        </span>
      </span>
    </a>
  );
};
