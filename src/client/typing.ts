/** Milliseconds that one report of typing stands for. */
const INTERVAL = 3_000;

/** Says that the user is typing: at most once in three seconds for a conversation, and only while somebody listens. */
export class Typing {
  readonly #send: (conversationId: string) => boolean;
  readonly #sentAt = new Map<string, number>();

  /** `send` returns whether anybody was told. */
  constructor(send: (conversationId: string) => boolean) {
    this.#send = send;
  }

  report(conversationId: string): void {
    const now = performance.now();
    if (now - (this.#sentAt.get(conversationId) ?? Number.NEGATIVE_INFINITY) < INTERVAL) return;
    if (this.#send(conversationId)) this.#sentAt.set(conversationId, now);
  }
}
