import { signal } from '@preact/signals';

/** Pixels from the end that count as being there. */
const NEAR = 48;
/** Pixels that are left above the first unread message when it is shown first. */
const ABOVE_UNREAD = 16;

/** A message on screen, and how far below the top of it. */
interface Anchor {
  message: HTMLElement;
  top: number;
}

interface Rendering {
  hasEnd: boolean;
  isApart: boolean;
  sought: number | undefined;
}

/**
 * Keeps the place of whoever reads: at the end it stays at the end, and what comes or goes above moves nothing. By
 * hand, because not all browsers anchor scrolling, and none does at the very top.
 */
export class TimelineScroll {
  readonly isAtEnd = signal(true);
  readonly #jumps = signal(0);
  #element: HTMLElement | undefined;
  #isPlaced = false;
  /** Whether the last of the messages that are shown is in the page. */
  #hasEnd = true;
  /** Whether that is not the newest. */
  #isApart = false;
  #isAskedForEnd = false;
  /** Whether this rendering ends at the end. */
  #follows = true;
  #anchor: Anchor | undefined;
  #hadFocus = false;
  /** Until it has been found, or one has gone to the end. */
  #seeksUnread = true;

  /** Returns the function that lets go. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    this.#isPlaced = false;
    const scrolled = (): void => this.#look(element);
    const resized = new ResizeObserver(() => {
      if (this.isAtEnd.value) this.toEnd();
    });
    element.addEventListener('scroll', scrolled, { passive: true });
    resized.observe(element);
    for (const child of element.children) resized.observe(child);
    return () => {
      element.removeEventListener('scroll', scrolled);
      resized.disconnect();
      this.#element = undefined;
    };
  }

  /** To be asked in each rendering: at which sequence one reads, without end at the newest. */
  place(): number | undefined {
    // For toEnd(), which may need one.
    this.#jumps.value;
    const element = this.#element;
    if (!element || !this.#isPlaced)
      return this.#seeksUnread ? undefined : Number.POSITIVE_INFINITY;
    this.#hadFocus = element.contains(document.activeElement);
    this.#anchor = anchorIn(element);
    // Somebody may have scrolled since the last event told of it.
    this.#follows = this.#isAskedForEnd || (this.isAtEnd.peek() && this.#isNearEnd(element));
    if (this.#follows || !this.#anchor) return Number.POSITIVE_INFINITY;
    return Number(this.#anchor.message.dataset['sequence']);
  }

  /** To be told after each rendering of messages, which may be to show one that is sought, by its sequence. */
  rendered({ hasEnd, isApart, sought }: Rendering): void {
    const element = this.#element;
    if (!element) return;
    this.#hasEnd = hasEnd;
    this.#isApart = isApart;
    if (sought !== undefined) this.#seek(element, sought);
    else if (!this.#isPlaced) this.#placeFirst(element);
    else if (this.#follows && !isApart) this.toEnd();
    else this.#keep(element);
    this.#isPlaced = true;
    this.#isAskedForEnd = false;
    // Whoever had the focus on a message that is too far away by now can go on from here.
    if (this.#hadFocus && !element.contains(document.activeElement))
      element.focus({ preventScroll: true });
  }

  /** Where the messages end before the newest: as soon as the newest are rendered. */
  toEnd(): void {
    this.#seeksUnread = false;
    if (this.#isApart) return;
    this.isAtEnd.value = true;
    this.#isAskedForEnd = !this.#hasEnd;
    if (this.#isAskedForEnd) this.#jumps.value += 1;
    else if (this.#element) this.#element.scrollTop = this.#element.scrollHeight;
  }

  /** The first time at the first unread message, if there is one, else at the end. */
  #placeFirst(element: HTMLElement): void {
    const line = this.#seeksUnread ? element.querySelector('.unread-line') : null;
    if (!this.#isApart) this.#seeksUnread = false;
    if (line) element.scrollTop += topIn(element, line) - ABOVE_UNREAD;
    if (line || this.#isApart) this.#look(element);
    else this.toEnd();
  }

  /** In the middle; one that does not fit from its beginning. */
  #seek(element: HTMLElement, sequence: number): void {
    const message = element.querySelector(`[data-sequence="${sequence}"]`);
    if (!message) return;
    const fits = message.clientHeight < element.clientHeight;
    message.scrollIntoView({ block: fits ? 'center' : 'start' });
    this.#look(element);
  }

  #keep(element: HTMLElement): void {
    if (!this.#anchor?.message.isConnected) return;
    element.scrollTop += topIn(element, this.#anchor.message) - this.#anchor.top;
  }

  #look(element: HTMLElement): void {
    this.isAtEnd.value = this.#isNearEnd(element);
  }

  #isNearEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
    return isNear && this.#hasEnd && !this.#isApart;
  }
}

const topIn = (element: HTMLElement, part: Element): number =>
  part.getBoundingClientRect().top - element.getBoundingClientRect().top;

/** The uppermost message on screen. */
function anchorIn(element: HTMLElement): Anchor | undefined {
  const { top } = element.getBoundingClientRect();
  const messages = [...element.querySelectorAll<HTMLElement>('[data-sequence]')];
  const message = messages.find((one) => one.getBoundingClientRect().bottom > top);
  return message && { message, top: topIn(element, message) };
}
