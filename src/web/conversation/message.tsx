import { useState } from 'preact/hooks';
import type { Message as Said } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { Avatar } from '../parts/avatar.tsx';
import { nameOf } from '../people/names.ts';
import { text } from '../text/text.ts';
import { clockTime, fullTime } from '../text/times.ts';
import { isOnlyEmoji } from './links.ts';
import { MessageActions } from './message-actions.tsx';
import { MessageText } from './message-text.tsx';
import type { OpenConversation } from './open-conversation.ts';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';
import { ReceiptMark } from './receipt-mark.tsx';

interface MessageProps {
  message: Said;
  open: OpenConversation;
  isFirst: boolean;
  isLast: boolean;
  /** Whether the tab key comes here first. */
  isEntry: boolean;
  /** Whether it was just jumped to. */
  isTarget: boolean;
}

export const Message = ({ message, open, isFirst, isLast, isEntry, isTarget }: MessageProps) => {
  const { id, sequence, sender, body } = message;
  const isMine = sender === me.value?.username;
  const isShownBy = open.isRoom.value && !isMine;
  // Most messages are never pointed at, and nine buttons weigh more than what was said.
  const [hasActions, setHasActions] = useState(false);
  const showActions = (): void => setHasActions(true);
  return (
    <li
      id={`message-${id}`}
      class="message"
      data-sequence={sequence}
      data-mine={isMine}
      data-first={isFirst}
      data-target={isTarget}
      tabIndex={isEntry ? 0 : -1}
      onPointerEnter={showActions}
      onFocusIn={showActions}
    >
      {isShownBy && (
        <span class="message-avatar">
          {isLast && <Avatar name={sender} shownName={nameOf(sender)} />}
        </span>
      )}
      <div class="message-column">
        {isFirst && (
          <bdi class={isShownBy ? 'message-sender' : 'visually-hidden'}>{nameOf(sender)}</bdi>
        )}
        <Bubble message={message} open={open} />
        {message.reactions.length > 0 && <Reactions message={message} />}
        {hasActions && body !== null && <MessageActions message={message} open={open} />}
      </div>
    </li>
  );
};

const Bubble = ({ message, open }: Pick<MessageProps, 'message' | 'open'>) => {
  const { sequence, sender, body, replyTo, createdAt, editedAt } = message;
  const t = text.value;
  if (body === null) return <p class="bubble bubble-deleted">{t.messageDeleted}</p>;
  return (
    <div class="bubble" data-big={!replyTo && isOnlyEmoji(body)}>
      {replyTo && <Quote id={replyTo} open={open} />}
      <MessageText body={body} />
      <span class="message-about">
        {editedAt && <span>{t.edited}</span>}
        <time dateTime={createdAt} title={fullTime(createdAt)}>
          {clockTime(createdAt)}
        </time>
        {sender === me.value?.username && <ReceiptMark sequence={sequence} open={open} />}
      </span>
    </div>
  );
};
