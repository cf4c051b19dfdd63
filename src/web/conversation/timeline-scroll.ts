import { signal } from '@preact/signals';

/** Pixels from the end that count as being there. */
const NEAR = 48;
/** Pixels that are left above the first unread message when it is shown first. */
const ABOVE_UNREAD = 16;

/**
 * Keeps the place of whoever reads: at the end it stays at the end, and what comes in above moves nothing. By hand,
 * because not all browsers anchor scrolling, and none does at the very top.
 */
export class TimelineScroll {
  readonly isAtEnd = signal(true);
  #element: HTMLElement | undefined;
  #height = 0;
  #first: number | undefined;

  /** Returns the function that lets go. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    this.#first = undefined;
    const scrolled = (): void => this.#look(element);
    const resized = new ResizeObserver(() => {
      if (this.isAtEnd.value) this.toEnd();
      this.#height = element.scrollHeight;
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

  /** To be told whenever the messages are rendered, of which `first` is the first. */
  rendered(first: number | undefined): void {
    const element = this.#element;
    if (!element || first === undefined) return;
    const { scrollHeight } = element;
    if (this.#first === undefined) this.#place(element);
    else if (first < this.#first) element.scrollTop += scrollHeight - this.#height;
    else if (this.isAtEnd.value) this.toEnd();
    this.#first = first;
    this.#height = scrollHeight;
  }

  toEnd(): void {
    this.isAtEnd.value = true;
    if (this.#element) this.#element.scrollTop = this.#element.scrollHeight;
  }

  /** At the first unread message, if there is one, else at the end. */
  #place(element: HTMLElement): void {
    const line = element.querySelector('.unread-line');
    if (!line) {
      this.toEnd();
      return;
    }
    const offset = line.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += offset - ABOVE_UNREAD;
    this.#look(element);
  }

  #look({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void {
    this.isAtEnd.value = scrollHeight - scrollTop - clientHeight < NEAR;
  }
}
