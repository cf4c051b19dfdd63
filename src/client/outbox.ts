import type { Message } from '../conversations/schemas.ts';
import { type PendingPost, PostQueue, type PostQueueOptions } from './post-queue.ts';

/**
 * The messages on their way out. Each is repeated with its key until the server answers it, so that it
 * is posted exactly once however many answers are lost.
 */
export class Outbox {
  readonly #options: PostQueueOptions;
  readonly #queues = new Map<string, PostQueue>();

  constructor(options: PostQueueOptions) {
    this.#options = options;
  }

  /** Resolves with what the server stored; rejects when it refuses the message. */
  post(post: PendingPost): Promise<Message> {
    const queue = this.#queues.get(post.conversationId) ?? new PostQueue(this.#options);
    this.#queues.set(post.conversationId, queue);
    return queue.add(post);
  }

  pending(conversationId: string): PendingPost[] {
    return this.#queues.get(conversationId)?.pending() ?? [];
  }

  /** Sends what is waiting, at once: the server is known to be back. */
  resume(): void {
    for (const queue of this.#queues.values()) queue.resume();
  }

  /** Nothing is sent until resume() or, in its conversation, the next post. */
  pause(): void {
    for (const queue of this.#queues.values()) queue.pause();
  }

  rejectAll(error: unknown): void {
    for (const queue of this.#queues.values()) queue.rejectAll(error);
    this.#queues.clear();
  }
}
