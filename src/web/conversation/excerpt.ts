import { signal } from '@preact/signals';
import type { Message, PageQuery } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { RunEnd } from './run-end.ts';

/** Messages of one page. */
const PAGE = 50;
/** Messages that one call may ask for by their ids. */
const BATCH = 100;

/**
 * An unbroken run of messages around one that is far back, beside the run that the client holds. What changes in it is
 * to be told by changed().
 */
export class Excerpt {
  readonly messages = signal<readonly Message[]>([]);
  /** The sequence at which it is begun. */
  readonly around: number;
  readonly older: RunEnd;
  readonly newer: RunEnd;
  readonly #conversationId: string;
  readonly #onPage: () => void;
  /** What has changed since it was begun: a page that was on its way then may show it as it was. */
  readonly #changed = new Set<string>();
  #hasBefore = false;
  #hasAfter = false;

  constructor(conversationId: string, around: number, onPage: () => void) {
    this.#conversationId = conversationId;
    this.around = around;
    this.#onPage = onPage;
    this.older = new RunEnd({
      hasMore: () => this.#hasBefore,
      fetchPage: () => this.#fetchOlder(),
    });
    this.newer = new RunEnd({
      hasMore: () => this.#hasAfter,
      fetchPage: () => this.#fetchNewer(),
    });
  }

  get through(): number {
    return this.messages.value.at(-1)?.sequence ?? 0;
  }

  async begin(): Promise<void> {
    const { messages, hasBefore, hasAfter } = await this.#fetchPage({ around: this.around });
    this.#hasBefore = hasBefore;
    this.#hasAfter = hasAfter;
    this.messages.value = messages;
    this.#lookAgain(messages);
  }

  changed(id: string): void {
    this.#changed.add(id);
    this.#lookAgain(this.messages.value.filter((message) => message.id === id));
  }

  /** Anything may have changed. */
  refresh(): void {
    void this.#renew(this.messages.value.map(({ id }) => id));
  }

  async #fetchOlder(): Promise<() => void> {
    const before = this.messages.value[0]?.sequence ?? this.around;
    const { messages, hasBefore } = await this.#fetchPage({ before });
    return () => {
      this.#hasBefore = hasBefore;
      this.messages.value = [...messages, ...this.messages.value];
      this.#lookAgain(messages);
      this.#onPage();
    };
  }

  async #fetchNewer(): Promise<() => void> {
    const { messages, hasAfter } = await this.#fetchPage({ after: this.through });
    return () => {
      this.#hasAfter = hasAfter;
      this.messages.value = [...this.messages.value, ...messages];
      this.#lookAgain(messages);
      this.#onPage();
    };
  }

  #fetchPage(position: PageQuery) {
    return doorbell.api.listMessages(this.#conversationId, { ...position, limit: PAGE });
  }

  #lookAgain(messages: readonly Message[]): void {
    void this.#renew(messages.map(({ id }) => id).filter((id) => this.#changed.has(id)));
  }

  async #renew(ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += BATCH) {
      // Until the next change they are shown as they were.
      await this.#renewBatch(ids.slice(at, at + BATCH)).catch(() => {});
    }
  }

  async #renewBatch(ids: readonly string[]): Promise<void> {
    const { messages } = await doorbell.api.getMessages(ids);
    const fetched = new Map(messages.map((message) => [message.id, message]));
    this.messages.value = this.messages.value.map((shown) => {
      const again = fetched.get(shown.id);
      return again && again.version > shown.version ? again : shown;
    });
  }
}
