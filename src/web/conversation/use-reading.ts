import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import type { OpenConversation } from './open-conversation.ts';

/** Pixels that may still be hidden of a message that was seen. */
const HIDDEN = 24;

/** Marks as read what is looked at: it is on screen, and the page is in front. */
export function useReading(open: OpenConversation, timeline: RefObject<HTMLElement | null>): void {
  const look = (): void => {
    // What stands between an excerpt and the newest has not been looked at, nor what stands before it.
    if (!timeline.current || open.place.isApart.peek() || !document.hasFocus()) return;
    const sequence = lastOnScreen(timeline.current);
    const { readSequence = 0 } = open.conversation.peek() ?? {};
    if (sequence <= readSequence) return;
    // Rejects only when signed out.
    doorbell.markRead(open.id, sequence).catch(() => {});
  };
  // After each rendering, for there may be something new on screen.
  useEffect(look);
  useEffect(() => {
    const element = timeline.current;
    element?.addEventListener('scroll', look, { passive: true });
    addEventListener('focus', look);
    return () => {
      element?.removeEventListener('scroll', look);
      removeEventListener('focus', look);
    };
  }, []);
}

function lastOnScreen(timeline: HTMLElement): number {
  const { bottom } = timeline.getBoundingClientRect();
  const messages = [...timeline.querySelectorAll<HTMLElement>('[data-sequence]')];
  const seen = messages.findLast(
    (message) => message.getBoundingClientRect().bottom <= bottom + HIDDEN,
  );
  return Number(seen?.dataset['sequence'] ?? 0);
}
