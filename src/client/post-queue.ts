import type { Message } from '../conversations/schemas.ts';
import { Backoff } from './backoff.ts';
import { isTransient, retryAfterOf } from './errors.ts';

/** A message that the server has not acknowledged yet. */
export interface PendingPost {
  conversationId: string;
  /** The idempotency key. */
  key: string;
  body: string;
  replyTo: string | null;
}

export interface PostQueueOptions {
  send: (post: PendingPost) => Promise<Message>;
  /** Called with what the server stored, once it is no longer pending. */
  onPosted: (message: Message) => void;
  /** The server has stored it, or refused it. */
  onAnswered: (post: PendingPost) => void;
}

interface Entry {
  post: PendingPost;
  resolve: (message: Message) => void;
  reject: (error: unknown) => void;
}

/** The posts of one conversation: the next goes out when the one before has been answered. */
export class PostQueue {
  readonly #options: PostQueueOptions;
  readonly #backoff = new Backoff();
  #entries: Entry[] = [];
  #isSending = false;
  #isPaused = false;

  constructor(options: PostQueueOptions) {
    this.#options = options;
  }

  pending(): PendingPost[] {
    return this.#entries.map(({ post }) => post);
  }

  add(post: PendingPost): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ post, resolve, reject });
      this.#start();
    });
  }

  resume(): void {
    this.#backoff.hurry();
    this.#start();
  }

  pause(): void {
    this.#isPaused = true;
    this.#backoff.stop();
  }

  rejectAll(error: unknown): void {
    this.pause();
    for (const entry of this.#entries.splice(0)) entry.reject(error);
  }

  #start(): void {
    this.#isPaused = false;
    if (!this.#isSending) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    for (let [entry] = this.#entries; entry && !this.#isPaused; [entry] = this.#entries) {
      await this.#attempt(entry);
    }
    this.#isSending = false;
  }

  async #attempt(entry: Entry): Promise<void> {
    try {
      const message = await this.#options.send(entry.post);
      this.#remove(entry);
      this.#options.onPosted(message);
      entry.resolve(message);
    } catch (error) {
      if (isTransient(error)) return this.#wait(error);
      this.#remove(entry);
      entry.reject(error);
    }
  }

  async #wait(error: unknown): Promise<void> {
    if (!this.#isPaused) await this.#backoff.wait(retryAfterOf(error));
  }

  #remove(answered: Entry): void {
    this.#entries = this.#entries.filter((entry) => entry !== answered);
    this.#options.onAnswered(answered.post);
    this.#backoff.reset();
  }
}
