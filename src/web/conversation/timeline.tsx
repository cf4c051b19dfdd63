import './timeline.css';
import './message.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { dayName } from '../text/times.ts';
import { moveFocus } from './focus-message.ts';
import { Message } from './message.tsx';
import { OlderMessages } from './older-messages.tsx';
import type { OpenConversation } from './open-conversation.ts';
import { FailedMessage, PendingMessage } from './outgoing-message.tsx';
import { type Row, rowsOf } from './rows.ts';
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
  useLayoutEffect(() => (element.current ? scroll.attach(element.current) : undefined), []);
  useLayoutEffect(() => scroll.rendered(messages[0]?.sequence));
  useReading(open, element);
  return (
    <section class="timeline" ref={element} aria-label={text.value.messages} data-scrolls>
      <div>
        <OlderMessages open={open} />
        <ol class="messages" onKeyDown={moveFocus}>
          {rowsOf(messages, open.unreadAfter).map((row) => (
            <TimelineRow
              key={row.key}
              row={row}
              open={open}
              isEntry={row.kind === 'message' && row.message === messages.at(-1)}
            />
          ))}
          {open.pending.value.map((post) => (
            <PendingMessage key={post.key} post={post} />
          ))}
          {open.failed.value.map((post) => (
            <FailedMessage key={post.key} post={post} open={open} />
          ))}
        </ol>
      </div>
    </section>
  );
};

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
