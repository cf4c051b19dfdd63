import type { SyncFrame } from '../notifications/frames.ts';
import type { Position, SyncAnswer } from '../sync/schemas.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import { closed, retryAfterOf } from './errors.ts';
import type { Gather } from './gather.ts';
import type { Replica } from './replica.ts';

/** Asks `/sync` what is new since the positions that are held, and has it fetched. */
export class CatchUp {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #gather: Gather;
  readonly #backoff = new Backoff();
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isStopped = false;

  constructor(api: Api, replica: Replica, gather: Gather) {
    this.#api = api;
    this.#replica = replica;
    this.#gather = gather;
  }

  /**
   * Resolves when everything that the server had at the time of this call is held; rejects after
   * stop(). Single flight; as the run under way may have been answered before, a call during it asks
   * for one more.
   */
  run(): Promise<void> {
    this.#backoff.hurry();
    if (this.#current !== undefined) {
      this.#next ??= this.#current.then(() => this.run());
      return this.#next;
    }
    this.#next = undefined;
    this.#current = this.#catchUp().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** A frame of the socket or of `/sync`. It is only a hint where to look, so order does not matter. */
  receive({ event, id }: SyncFrame): void {
    if (event === 'conversation.reset') this.#replica.reset(id);
    this.#gather.add(event === 'message.created' ? 'message' : 'conversation', id);
  }

  stop(): void {
    this.#isStopped = true;
    this.#backoff.stop();
  }

  async #catchUp(): Promise<void> {
    // What is announced meanwhile waits: after a long absence /sync may say to drop a range that
    // filling its gap would page through to the end.
    this.#gather.pause();
    const positions = await this.#ask();
    this.#gather.resume();
    await this.#gather.settled();
    this.#replica.settle(positions);
  }

  /** Returns the positions that hold once everything named is fetched. */
  async #ask(): Promise<Positions> {
    const positions = new Map(Object.entries(this.#replica.positions()));
    for (let more = true; more; ) {
      const answer = await this.#answer(Object.fromEntries(positions));
      for (const [id, position] of Object.entries(answer.conversations))
        positions.set(id, position);
      for (const frame of answer.events) {
        this.receive(frame);
        if (frame.event === 'conversation.removed') positions.delete(frame.id);
      }
      more = answer.more;
    }
    return Object.fromEntries(positions);
  }

  async #answer(positions: Positions): Promise<SyncAnswer> {
    while (!this.#isStopped) {
      try {
        const answer = await this.#api.sync(positions);
        this.#backoff.reset();
        return answer;
      } catch (error) {
        if (!this.#isStopped) await this.#backoff.wait(retryAfterOf(error));
      }
    }
    throw closed();
  }
}

type Positions = Record<string, Position>;
