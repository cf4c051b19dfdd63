import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Message } from '../../client/index.ts';
import { tell } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { messagePathOf, pathOf } from '../router/routes.ts';
import { text } from '../text/text.ts';
import { Excerpt } from './excerpt.ts';

/**
 * Where one is in a conversation: at its newest messages, which the client holds, or at an excerpt from far back. When
 * that has been read on to the held messages, they stand below it.
 */
export class Place {
  readonly excerpt = signal<Excerpt | undefined>();
  /** Whether there are messages between the excerpt and the held ones; then those are not shown. */
  readonly isApart = computed(() => {
    const { through } = this.excerpt.value ?? {};
    const [first] = this.#held.value;
    return through !== undefined && first !== undefined && through + 1 < first.sequence;
  });
  /** The excerpt that is on its way. */
  readonly coming = signal<Excerpt | undefined>();
  readonly shown = computed(() => this.#show());
  /** The message that was jumped to, for as long as it is marked. */
  readonly target = signal<{ readonly sequence: number } | undefined>();
  readonly #id: string;
  readonly #held: ReadonlySignal<readonly Message[]>;
  readonly #onPage: () => void;
  /** The message that the address names. */
  #wanted: number | undefined;

  constructor(id: string, held: ReadonlySignal<readonly Message[]>, onPage: () => void) {
    this.#id = id;
    this.#held = held;
    this.#onPage = onPage;
  }

  /** Where arrive() is going to lead. */
  want(sequence: number | undefined): void {
    this.#wanted = sequence;
    this.coming.value = undefined;
  }

  /** At the message that is wanted, else at the newest. Rejects when what is around it could not be fetched. */
  async arrive(): Promise<void> {
    const sequence = this.#wanted;
    if (sequence === undefined) this.#leave();
    else if (this.#isShown(sequence)) this.target.value = { sequence };
    else await this.#open(sequence);
  }

  /** Shows a message, wherever it is. */
  jumpTo(sequence: number): void {
    if (this.#isShown(sequence)) this.target.value = { sequence };
    else navigate(messagePathOf(this.#id, sequence));
  }

  toNewest(): void {
    navigate(pathOf(this.#id), { replace: true });
  }

  /** At once: what is shown is void. */
  reset(): void {
    this.want(undefined);
    this.#leave();
    this.toNewest();
  }

  /** A message has changed that is not held. */
  changed(id: string): void {
    this.excerpt.value?.changed(id);
    this.coming.value?.changed(id);
  }

  #show(): readonly Message[] {
    const { value: excerpt } = this.excerpt;
    const { value: held } = this.#held;
    const [first] = held;
    if (!excerpt) return held;
    if (!first || this.isApart.value) return excerpt.messages.value;
    const before = excerpt.messages.value.filter(({ sequence }) => sequence < first.sequence);
    return [...before, ...held];
  }

  #isShown(sequence: number): boolean {
    return hasMessage(this.shown.value, sequence);
  }

  #leave(): void {
    batch(() => {
      this.excerpt.value = undefined;
      this.target.value = undefined;
    });
  }

  async #open(sequence: number): Promise<void> {
    const excerpt = new Excerpt(this.#id, sequence, this.#onPage);
    this.coming.value = excerpt;
    try {
      await excerpt.begin();
      if (this.coming.value === excerpt) this.#enter(excerpt);
    } catch (error) {
      // Of one that is not wanted any more nobody needs to know.
      if (this.coming.value === excerpt) throw error;
    } finally {
      if (this.coming.value === excerpt) this.coming.value = undefined;
    }
  }

  #enter(excerpt: Excerpt): void {
    const { around: sequence, messages } = excerpt;
    if (!hasMessage(messages.value, sequence)) {
      tell(text.value.messageNotThere);
      this.toNewest();
      return;
    }
    batch(() => {
      this.excerpt.value = excerpt;
      this.target.value = { sequence };
    });
  }
}

const hasMessage = (messages: readonly Message[], sequence: number): boolean =>
  messages.some((message) => message.sequence === sequence);
