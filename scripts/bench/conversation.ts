import type { Answer } from './http-client.ts';
import type { Talker } from './talker.ts';

/** Of one message, in milliseconds from the post. */
export interface Delivery {
  posted: number;
  notified: number;
  fetched: number;
}

// About as long as people write, and not all of it ASCII: it has to come back to the byte.
export const TEXT = 'Wäre es dir recht, wenn wir uns schon um halb acht an der Brücke treffen? 🔔';

/** Two users who talk by turns: whoever has fetched the other's message posts the next. */
export class Conversation {
  readonly #id: string;
  readonly #users: readonly [Talker, Talker];
  /** So that no key was ever used before. */
  readonly #run = crypto.randomUUID();
  #turn = 0;
  /** Sequence of the last message that is known to be dealt with. */
  #last = 0;

  constructor(id: string, users: readonly [Talker, Talker]) {
    this.#id = id;
    this.#users = users;
  }

  /** One posts, the other is rung and fetches. Rejects when any of that fails or the fetched message is not the posted one. */
  async deliverNext(): Promise<Delivery> {
    this.#turn += 1;
    const [one, other] = this.#users;
    const [sender, recipient] = this.#turn % 2 === 0 ? [one, other] : [other, one];
    const key = `${this.#run}-${this.#turn}`;
    const body = `${this.#turn} ${TEXT}`;

    const start = performance.now();
    const ringing = recipient
      .nextRing(this.#id, this.#last)
      .then((id) => ({ id, notified: performance.now() - start }));
    const posting = sender.post(this.#id, key, body).then((answer) => {
      const { id } = messageOf('POST', 201, answer);
      const posted = performance.now() - start;
      this.#last = Math.max(this.#last, Number(id.split('-')[1]));
      return { id, posted };
    });
    const fetching = ringing.then(async ({ id, notified }) => {
      const answer = await recipient.fetch(id);
      const fetched = performance.now() - start;
      return { ...messageOf('GET', 200, answer), notified, fetched };
    });

    const [{ id, posted }, { notified, fetched, ...message }] = await Promise.all([
      posting,
      fetching,
    ]);
    if (message.id !== id) throw new Error('another message was fetched than was posted');
    if (message.body !== body) throw new Error('the fetched body differs from the posted one');
    return { posted, notified, fetched };
  }
}

function messageOf(
  method: string,
  expected: number,
  { status, body }: Answer,
): { id: string; body: string } {
  if (status !== expected) throw new Error(`${method} was answered ${status}`);
  return JSON.parse(body);
}
