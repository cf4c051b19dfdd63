import './conversation.css';
import { useEffect, useState } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { isBlocked } from '../people/blocked.ts';
import { nameOf } from '../people/names.ts';
import { route } from '../router/router.ts';
import { text } from '../text/text.ts';
import { BlockedNote } from './blocked-note.tsx';
import { ComposerForm } from './composer-form.tsx';
import { ConversationHead } from './conversation-head.tsx';
import { focusMessage } from './focus-message.ts';
import { follow } from './follow.ts';
import { JumpToEnd } from './jump-to-end.tsx';
import { OpenConversation } from './open-conversation.ts';
import { Timeline } from './timeline.tsx';
import { TimelineScroll } from './timeline-scroll.ts';

export const ConversationView = ({ id }: { id: string }) => {
  const [open] = useState(() => new OpenConversation(id));
  const sequence = 'sequence' in route.value ? route.value.sequence : undefined;
  // Before it is loaded, so that the newest messages are not shown, and taken as read, when others are wanted.
  useEffect(() => void open.goTo(sequence), [open, sequence]);
  useEffect(() => follow(open), [open]);
  return (
    <>
      <ConversationHead conversation={open.conversation.value} />
      <ConversationBody open={open} />
    </>
  );
};

const ConversationBody = ({ open }: { open: OpenConversation }) => {
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
  return <Talk open={open} />;
};

const Talk = ({ open }: { open: OpenConversation }) => {
  const [scroll] = useState(() => new TimelineScroll());
  const { with: other } = open.conversation.value ?? {};
  const blocked = other && isBlocked(other.username) ? other : undefined;
  const target = open.place.target.value;
  // Here, for the composer takes the focus when it comes to be.
  useEffect(() => {
    if (target) focusMessage(`${open.id}-${target.sequence}`);
  }, [target]);
  const toNewest = (): void => {
    scroll.toEnd();
    if (open.place.isApart.value) open.place.toNewest();
  };
  return (
    <div class="conversation">
      <Timeline key={open.place.excerpt.value?.around ?? 'newest'} open={open} scroll={scroll} />
      <div class="conversation-end">
        <JumpToEnd open={open} scroll={scroll} onJump={toNewest} />
        <Typing open={open} />
        {blocked ? <BlockedNote other={blocked} /> : <ComposerForm open={open} onSent={toNewest} />}
      </div>
    </div>
  );
};

const Typing = ({ open }: { open: OpenConversation }) => {
  const [first, ...others] = open.typing.usernames.value;
  const { typingOne, typingMany } = text.value;
  return (
    <p class="typing">
      {first !== undefined && (others.length > 0 ? typingMany : typingOne(nameOf(first)))}
    </p>
  );
};
