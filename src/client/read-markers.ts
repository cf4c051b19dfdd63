import type { Conversation } from '../conversations/schemas.ts';
import { Backoff } from './backoff.ts';
import { isTransient, retryAfterOf } from './errors.ts';

interface ReadMarkersOptions {
  send: (conversationId: string, sequence: number) => Promise<Conversation>;
  onAnswer: (conversation: Conversation) => void;
  onRefused: (conversationId: string) => void;
}

/**
 * Tells the server how far this user has read. Of each conversation only the latest value goes out, one
 * request at a time, and until it is answered it is repeated: the server keeps the larger value anyway.
 */
export class ReadMarkers {
  readonly #options: ReadMarkersOptions;
  readonly #backoff = new Backoff();
  /** By conversation, what the server has not answered yet. */
  readonly #waiting = new Map<string, number>();
  #isSending = false;
  #isPaused = false;

  constructor(options: ReadMarkersOptions) {
    this.#options = options;
  }

  mark(conversationId: string, sequence: number): void {
    this.#waiting.set(conversationId, sequence);
    this.#start();
  }

  /** Sends what is waiting, at once: the server is known to be back. */
  resume(): void {
    this.#backoff.hurry();
    this.#start();
  }

  /** Nothing is sent until resume() or the next mark(). */
  pause(): void {
    this.#isPaused = true;
    this.#backoff.stop();
  }

  #start(): void {
    this.#isPaused = false;
    if (!this.#isSending) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    while (!this.#isPaused) {
      const [next] = this.#waiting;
      if (!next) break;
      await this.#attempt(...next);
    }
    this.#isSending = false;
  }

  async #attempt(conversationId: string, sequence: number): Promise<void> {
    try {
      this.#options.onAnswer(await this.#options.send(conversationId, sequence));
      this.#done(conversationId, sequence);
    } catch (error) {
      if (isTransient(error)) return this.#wait(conversationId, error);
      this.#done(conversationId, Number.POSITIVE_INFINITY);
      this.#options.onRefused(conversationId);
    }
  }

  /** What was read meanwhile is still to be sent. */
  #done(conversationId: string, sequence: number): void {
    this.#backoff.reset();
    if ((this.#waiting.get(conversationId) ?? 0) <= sequence) this.#waiting.delete(conversationId);
  }

  /** Behind the others, so that one that always fails holds up none. */
  async #wait(conversationId: string, error: unknown): Promise<void> {
    const sequence = this.#waiting.get(conversationId) ?? 0;
    this.#waiting.delete(conversationId);
    this.#waiting.set(conversationId, sequence);
    if (!this.#isPaused) await this.#backoff.wait(retryAfterOf(error));
  }
}
