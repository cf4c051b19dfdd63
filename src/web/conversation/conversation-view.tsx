import './conversation.css';
import { useEffect, useState } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { isBlocked } from '../people/blocked.ts';
import { nameOf } from '../people/names.ts';
import { text } from '../text/text.ts';
import { BlockedNote } from './blocked-note.tsx';
import { ComposerForm } from './composer-form.tsx';
import { ConversationHead } from './conversation-head.tsx';
import { follow } from './follow.ts';
import { JumpToEnd } from './jump-to-end.tsx';
import { OpenConversation } from './open-conversation.ts';
import { Timeline } from './timeline.tsx';
import { TimelineScroll } from './timeline-scroll.ts';

export const ConversationView = ({ id }: { id: string }) => {
  const [open] = useState(() => new OpenConversation(id));
  useEffect(() => follow(open), [open]);
  return (
    <>
      <ConversationHead conversation={open.conversation.value} />
      <ConversationBody open={open} />
    </>
  );
};

const ConversationBody = ({ open }: { open: OpenConversation }) => {
  const [scroll] = useState(() => new TimelineScroll());
  const t = text.value;
  const state = open.state.value;
  if (state === 'loading') return <div class="conversation" aria-busy="true" />;
  if (state === 'gone') return <Empty title={t.conversationGone} hint={t.conversationGoneHint} />;
  if (state === 'failed')
    return (
      <Empty title={t.conversationFailed}>
        <button type="button" class="button" onClick={() => void open.load()}>
          {t.retry}
        </button>
      </Empty>
    );
  const { with: other } = open.conversation.value ?? {};
  const blocked = other && isBlocked(other.username) ? other : undefined;
  return (
    <div class="conversation">
      <Timeline open={open} scroll={scroll} />
      <div class="conversation-end">
        <JumpToEnd open={open} scroll={scroll} />
        <Typing open={open} />
        {blocked ? (
          <BlockedNote other={blocked} />
        ) : (
          <ComposerForm open={open} onSent={() => scroll.toEnd()} />
        )}
      </div>
    </div>
  );
};

const Typing = ({ open }: { open: OpenConversation }) => {
  const [first, ...others] = open.typing.usernames.value;
  const { typingOne, typingMany } = text.value;
  return (
    <p class="typing" dir="auto">
      {first !== undefined && (others.length > 0 ? typingMany : typingOne(nameOf(first)))}
    </p>
  );
};
