import './timeline.css';
import './message.css';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { WhenNear } from '../parts/when-near.tsx';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { dayName } from '../text/times.ts';
import { moveFocus } from './focus-message.ts';
import { Message } from './message.tsx';
import { NewerMessages, OlderMessages } from './more-messages.tsx';
import type { OpenConversation } from './open-conversation.ts';
import { FailedMessage, PendingMessage } from './outgoing-message.tsx';
import { type Row, rowsAmong } from './rows.ts';
import { spanInPage } from './span-in-page.ts';
import type { TimelineScroll } from './timeline-scroll.ts';
import { useReading } from './use-reading.ts';

interface TimelineProps {
  open: OpenConversation;
  scroll: TimelineScroll;
}

/** The messages of a conversation, oldest first. */
export const Timeline = ({ open, scroll }: TimelineProps) => {
  const element = useRef<HTMLElement>(null);
  const { place, older, unreadAfter } = open;
  const messages = place.shown.value;
  const isApart = place.isApart.value;
  const excerpt = place.excerpt.value;
  const target = place.target.value;
  const reached = useRef<typeof target>(undefined);
  const sought = target === reached.current ? undefined : target?.sequence;
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const at = sought ?? scroll.place() ?? open.firstUnread ?? Number.POSITIVE_INFINITY;
  const span = spanInPage(messages, at);
  const [first, last] = [messages[span.start], messages[span.end - 1]];
  const hasEnd = span.end === messages.length;
  useLayoutEffect(() => (element.current ? scroll.attach(element.current) : undefined), []);
  useLayoutEffect(() => {
    if (first) scroll.rendered({ hasEnd, isApart, sought });
    reached.current = target;
  });
  useReading(open, element);
  return (
    <section
      class="timeline"
      ref={element}
      aria-label={text.value.messages}
      tabIndex={-1}
      aria-busy={place.coming.value !== undefined}
      data-scrolls
    >
      <div>
        {span.start > 0 ? (
          <WhenNear after={first} onNear={() => renderAgain(undefined)} />
        ) : (
          <OlderMessages end={older} sequence={messages[0]?.sequence} />
        )}
        <ol
          class="messages"
          onKeyDown={moveFocus}
          onAnimationEnd={() => {
            place.target.value = undefined;
          }}
        >
          {rowsAmong(messages, span, unreadAfter).map((row) => (
            <TimelineRow
              key={row.key}
              row={row}
              open={open}
              isEntry={row.kind === 'message' && row.message === last}
              isTarget={row.kind === 'message' && row.message.sequence === target?.sequence}
            />
          ))}
          {hasEnd && !isApart && <Outgoing open={open} />}
        </ol>
        {!hasEnd && <WhenNear after={last} onNear={() => renderAgain(undefined)} />}
        {hasEnd && isApart && excerpt && (
          <NewerMessages end={excerpt.newer} sequence={messages.at(-1)?.sequence} />
        )}
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
  isTarget: boolean;
}

const TimelineRow = ({ row, ...props }: RowProps) => {
  if (row.kind === 'day') return <li class="day-line">{dayName(row.at, now.value)}</li>;
  if (row.kind === 'unread') return <li class="unread-line">{text.value.newMessages}</li>;
  const { message, isFirst, isLast } = row;
  return <Message message={message} isFirst={isFirst} isLast={isLast} {...props} />;
};
