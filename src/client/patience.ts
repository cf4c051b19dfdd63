import { CROWD } from '../notifications/crowd.ts';
import { placeOf } from './message-id.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

/**
 * Milliseconds that news of a crowd may wait where it is not on screen, and at least half as long: in a room with much
 * talk many of them become one call.
 */
const UNSEEN = 30_000;

/**
 * For how long what rings in a conversation may wait before it is fetched. Where few are told, not at all; the members
 * of a crowd are told at once, and would all ask at once.
 */
export class Patience {
  /** Milliseconds over which the server wants the fetches of a crowd spread; it tells anew on each socket. */
  spread = 0;
  /** Of this client's own beat, as a part of the spread. */
  readonly #phase = Math.random();
  readonly #replica: Pick<Replica, 'conversation'>;
  readonly #screen: Screen;

  constructor(replica: Pick<Replica, 'conversation'>, screen: Screen) {
    this.#replica = replica;
    this.#screen = screen;
  }

  /** By the id of a conversation, or of a message in it. */
  of(id: string): number {
    const conversationId = placeOf(id)?.conversationId ?? id;
    const { memberCount = 0 } = this.#replica.conversation(conversationId) ?? {};
    if (memberCount < CROWD) return 0;
    if (!this.#screen.shows(conversationId)) return (UNSEEN * (1 + Math.random())) / 2;
    return this.spread === 0 ? 0 : this.#untilBeat(this.spread);
  }

  /** Each at a moment of its own, and however much is said, once in that time: half as often as by a new moment each time. */
  #untilBeat(interval: number): number {
    return interval - ((performance.now() + this.#phase * interval) % interval);
  }
}
