import { useRef } from 'preact/hooks';
import { me } from '../account/sign-in-state.ts';
import { DownIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';
import type { OpenConversation } from './open-conversation.ts';
import type { TimelineScroll } from './timeline-scroll.ts';

interface JumpProps {
  open: OpenConversation;
  scroll: TimelineScroll;
  onJump: () => void;
}

/** The way back to the newest message, and how many came since one left it. */
export const JumpToEnd = ({ open, scroll, onJump }: JumpProps) => {
  const seenThrough = useRef<number | undefined>(undefined);
  const messages = open.messages.value;
  if (scroll.isAtEnd.value || seenThrough.current === undefined)
    seenThrough.current = messages.at(-1)?.sequence ?? 0;
  if (scroll.isAtEnd.value) return null;
  const since = seenThrough.current;
  const arrived = messages.filter(
    ({ sequence, sender }) => sequence > since && sender !== me.value?.username,
  ).length;
  const t = text.value;
  return (
    <button
      type="button"
      class="button jump"
      aria-label={arrived > 0 ? undefined : t.toNewest}
      onClick={onJump}
    >
      {arrived > 0 && t.arrived(arrived)} <DownIcon />
    </button>
  );
};
