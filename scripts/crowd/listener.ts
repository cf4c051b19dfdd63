import type { Api } from '../../src/client/api.ts';
import { Backoff } from '../../src/client/backoff.ts';
import { Connection, type ConnectionOptions } from '../../src/client/connection.ts';
import { retryAfterOf } from '../../src/client/errors.ts';
import { placeOf } from '../../src/client/message-id.ts';
import type { ServerFrame } from '../../src/notifications/frames.ts';

interface ListenerOptions extends Pick<ConnectionOptions, 'openLine' | 'api' | 'tokens'> {
  conversationId: string;
}

/**
 * One socket and its client: the SDK's own connection, calls and waits, holding nothing but how far
 * it knows one conversation. Times are milliseconds since 1970, 0 for never.
 */
export class Listener {
  /** Resolves when it has caught up for the first time. */
  readonly live: Promise<void>;
  readonly #api: Api;
  readonly #backoff = new Backoff();
  readonly #conversationId: string;
  readonly #connection: Connection;
  #syncing = Promise.resolve();
  #through = 0;
  #version = 0;
  #heardAt = 0;
  #syncedAt = 0;
  #resyncs = 0;

  constructor({ conversationId, ...options }: ListenerOptions) {
    this.#api = options.api;
    this.#conversationId = conversationId;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.live = promise;
    this.#connection = new Connection({
      ...options,
      onReady: () => this.#catchUp(),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => state === 'live' && resolve(),
    });
  }

  /** How often it was told that frames had been dropped. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /**
   * When it came to know everything up to the sequence `head`, by a ring or by an answer of /sync;
   * with `syncedSince` it must also have had such an answer since then. Undefined while it has not.
   */
  caughtUpAt(head: number, syncedSince: number): number | undefined {
    if (this.#through < head || this.#syncedAt < syncedSince) return undefined;
    return syncedSince > 0 ? Math.max(this.#heardAt, this.#syncedAt) : this.#heardAt;
  }

  close(): void {
    this.#connection.close();
  }

  #receive(frame: ServerFrame): void {
    if (frame.event === 'resync') {
      this.#resyncs += 1;
      void this.#catchUp();
    } else if (frame.event === 'message.created') this.#hear(placeOf(frame.id)?.sequence ?? 0);
  }

  #hear(sequence: number): void {
    if (sequence > this.#through + 1) void this.#catchUp();
    else if (sequence > this.#through) this.#know(sequence);
  }

  #know(sequence: number): void {
    if (sequence !== this.#through) this.#heardAt = Date.now();
    this.#through = sequence;
  }

  /** An answer that is under way may be older than the reason to ask again, so each asks anew. */
  #catchUp(): Promise<void> {
    this.#backoff.hurry();
    this.#syncing = this.#syncing.then(() => this.#sync());
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    const id = this.#conversationId;
    for (;;) {
      try {
        const { conversations } = await this.#api.sync({ [id]: [this.#through, this.#version] });
        const [sequence, version] = conversations[id] ?? [0, 0];
        this.#know(Math.max(sequence, this.#through));
        this.#version = version;
        this.#syncedAt = Date.now();
        this.#backoff.reset();
        return;
      } catch (error) {
        await this.#backoff.wait(retryAfterOf(error));
      }
    }
  }
}
