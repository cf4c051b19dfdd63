import type { Socket } from 'node:net';

export interface Conditions {
  /** Nothing passes. */
  isStalled: boolean;
  /** Milliseconds by which everything is late. */
  lag: number;
}

/** Bytes under way in one direction before the sender is held back. */
const MOST_UNDER_WAY = 1024 * 1024;

/** One direction of one connection: what is added reaches `to` whole and in order, as conditions allow. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #conditions: Readonly<Conditions>;
  readonly #underWay: { chunk: Buffer | 'end'; due: number }[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, conditions: Readonly<Conditions>) {
    this.#from = from;
    this.#to = to;
    this.#conditions = conditions;
    to.on('drain', () => this.flow());
  }

  add(chunk: Buffer | 'end'): void {
    // In a queue, so that what is sent when a lag has ended does not overtake what was sent before.
    this.#underWay.push({ chunk, due: performance.now() + this.#conditions.lag });
    this.#bytes += chunk.length;
    this.flow();
  }

  /** Passes on what is due. To be called when conditions have changed. */
  flow(): void {
    clearTimeout(this.#timer);
    if (this.#conditions.isStalled) {
      this.#from.pause();
      return;
    }
    const now = performance.now();
    while ((this.#underWay[0]?.due ?? Infinity) <= now) this.#pass();
    const isHeldBack = this.#to.writableNeedDrain || this.#bytes > MOST_UNDER_WAY;
    if (isHeldBack) this.#from.pause();
    else if (this.#from.isPaused()) this.#from.resume();
    const [next] = this.#underWay;
    if (next) this.#timer = setTimeout(() => this.flow(), Math.ceil(next.due - now));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#underWay.length = 0;
  }

  #pass(): void {
    const { chunk } = this.#underWay.shift() ?? { chunk: 'end' };
    this.#bytes -= chunk.length;
    if (chunk === 'end') this.#to.end();
    else this.#to.write(chunk);
  }
}
