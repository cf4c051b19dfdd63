import './timeline.css';
import './message.css';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { WhenNear } from '../parts/when-near.tsx';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { dayName } from '../text/times.ts';
import { excerptOf } from './excerpt.ts';
import { moveFocus } from './focus-message.ts';
import { Message } from './message.tsx';
import { OlderMessages } from './older-messages.tsx';
import type { OpenConversation } from './open-conversation.ts';
import { FailedMessage, PendingMessage } from './outgoing-message.tsx';
import { type Row, rowsAmong } from './rows.ts';
import type { TimelineScroll } from './timeline-scroll.ts';
import { useReading } from './use-reading.ts';

interface TimelineProps {
  open: OpenConversation;
  scroll: TimelineScroll;
}

/** The messages of a conversation, oldest first. */
export const Timeline = ({ open, scroll }: TimelineProps) => {
  const element = useRef<HTMLElement>(null);
  const messages = open.messages.value;
  const sought = open.held.value.get(open.sought.value ?? '');
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const at = sought?.sequence ?? scroll.place() ?? open.firstUnread ?? Number.POSITIVE_INFINITY;
  const excerpt = excerptOf(messages, at);
  const [first, last] = [messages[excerpt.start], messages[excerpt.end - 1]];
  const hasEnd = excerpt.end === messages.length;
  useLayoutEffect(() => (element.current ? scroll.attach(element.current) : undefined), []);
  useLayoutEffect(() => {
    if (first) scroll.rendered({ hasEnd, sought: sought?.id });
    open.sought.value = undefined;
  });
  useReading(open, element);
  return (
    <section
      class="timeline"
      ref={element}
      aria-label={text.value.messages}
      tabIndex={-1}
      data-scrolls
    >
      <div>
        {excerpt.start > 0 ? (
          <WhenNear after={first} onNear={() => renderAgain(undefined)} />
        ) : (
          <OlderMessages open={open} />
        )}
        <ol class="messages" onKeyDown={moveFocus}>
          {rowsAmong(messages, excerpt, open.unreadAfter).map((row) => (
            <TimelineRow
              key={row.key}
              row={row}
              open={open}
              isEntry={row.kind === 'message' && row.message === last}
            />
          ))}
          {hasEnd && <Outgoing open={open} />}
        </ol>
        {!hasEnd && <WhenNear after={last} onNear={() => renderAgain(undefined)} />}
      </div>
    </section>
  );
};

const Outgoing = ({ open }: { open: OpenConversation }) => (
  <>
    {open.pending.value.map((post) => (
      <PendingMessage key={post.key} post={post} />
    ))}
    {open.failed.value.map((post) => (
      <FailedMessage key={post.key} post={post} open={open} />
    ))}
  </>
);

interface RowProps {
  row: Row;
  open: OpenConversation;
  isEntry: boolean;
}

const TimelineRow = ({ row, open, isEntry }: RowProps) => {
  if (row.kind === 'day') return <li class="day-line">{dayName(row.at, now.value)}</li>;
  if (row.kind === 'unread') return <li class="unread-line">{text.value.newMessages}</li>;
  const { message, isFirst, isLast } = row;
  return (
    <Message message={message} open={open} isFirst={isFirst} isLast={isLast} isEntry={isEntry} />
  );
};
