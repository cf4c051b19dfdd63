import type { SyncFrame } from '../notifications/frames.ts';
import type { Position, SyncAnswer } from '../sync/schemas.ts';
import type { Api } from './api.ts';
import { Backoff } from './backoff.ts';
import { closed, retryAfterOf } from './errors.ts';
import type { Gather } from './gather.ts';
import type { HintKind } from './hints.ts';
import { placeOf } from './message-id.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

type Positions = Readonly<Record<string, Position>>;

/**
 * What is named as new is fetched even if it came to be held while `/sync` was under way, for it may be held as it was
 * before a change that the answer's position counts. Who was removed may be a member again by now, and then from
 * another point on. Frames with other names are passed over: a server may be newer than its clients.
 */
const HINTS = new Map<string, HintKind>([
  ['message.created', 'update'],
  ['message.updated', 'update'],
  ['conversation.created', 'conversation'],
  ['conversation.updated', 'conversation'],
  ['conversation.removed', 'reset'],
  ['conversation.reset', 'reset'],
] satisfies [SyncFrame['event'], HintKind][]);

/** Asks `/sync` what is new since the positions that are held, and has it fetched. */
export class CatchUp {
  readonly #api: Api;
  readonly #replica: Replica;
  readonly #gather: Gather;
  readonly #screen: Screen;
  readonly #backoff = new Backoff();
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isStopped = false;

  constructor(api: Api, replica: Replica, gather: Gather, screen: Screen) {
    this.#api = api;
    this.#replica = replica;
    this.#gather = gather;
    this.#screen = screen;
  }

  /**
   * Resolves when everything that the server had at the time of this call is held, of what is on screen, and the
   * conversations themselves; rejects after stop(). Single flight; as the run under way may have been answered before,
   * a call during it asks for one more.
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

  stop(): void {
    this.#isStopped = true;
    this.#backoff.stop();
  }

  async #catchUp(): Promise<void> {
    // What is announced meanwhile waits: after a long absence /sync may say to drop a range that
    // filling its gap would page through to the end.
    this.#gather.pause();
    const asked = this.#replica.beginSync();
    const answered = await this.#ask(asked);
    this.#gather.resume();
    await this.#gather.settled();
    if (this.#isStopped) throw closed();
    this.#replica.settle(asked, answered);
  }

  /** Returns the positions that hold once everything named is fetched. */
  async #ask(asked: Positions): Promise<Positions> {
    const positions = new Map(Object.entries(asked));
    for (let more = true; more; ) {
      const answer = await this.#answer(Object.fromEntries(positions));
      for (const [id, position] of Object.entries(answer.conversations))
        positions.set(id, position);
      for (const frame of answer.events)
        if (frame.event === 'conversation.removed') positions.delete(frame.id);
      this.#hint(answer);
      more = answer.more;
    }
    return Object.fromEntries(positions);
  }

  /**
   * First what is on screen. Of the rest the messages are not going to be fetched; so the conversations have to tell
   * how many are unread, before what is new is set aside.
   */
  #hint({ events, conversations }: SyncAnswer): void {
    const isUnseen = ({ id }: SyncFrame): boolean => {
      const { conversationId } = placeOf(id) ?? {};
      return conversationId !== undefined && !this.#screen.shows(conversationId);
    };
    for (const frame of events) if (!isUnseen(frame)) this.#add(frame);
    for (const [id, position] of Object.entries(conversations)) {
      const isToTell = !this.#screen.shows(id) && this.#replica.isBehind(id, position);
      if (isToTell) this.#gather.add('conversation', id);
    }
    for (const frame of events) if (isUnseen(frame)) this.#add(frame);
  }

  #add({ event, id }: SyncFrame): void {
    const kind = HINTS.get(event);
    if (kind) this.#gather.add(kind, id);
  }

  async #answer(positions: Positions): Promise<SyncAnswer> {
    while (!this.#isStopped) {
      const answer = await this.#attempt(positions);
      if (answer && !this.#isStopped) return answer;
    }
    throw closed();
  }

  async #attempt(positions: Positions): Promise<SyncAnswer | undefined> {
    try {
      const answer = await this.#api.sync(positions);
      this.#backoff.reset();
      return answer;
    } catch (error) {
      if (!this.#isStopped) await this.#backoff.wait(retryAfterOf(error));
      return undefined;
    }
  }
}
