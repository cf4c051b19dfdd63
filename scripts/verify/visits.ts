import { setTimeout as sleep } from 'node:timers/promises';
import { DoorbellError } from '../../src/client/index.ts';
import { pick, type Random } from '../seed/random.ts';
import type { Violation } from './ledger.ts';
import type { Caller, Person } from './person.ts';
import { readAll } from './readings.ts';
import { isAbsent, type Stay, type Visits } from './stays.ts';

/** Milliseconds, at most, of one stay and of one absence. */
const LONGEST = 1_500;
/** What a visitor who is out tries before asking to be let in again. */
const PROBES = 3;
/**
 * A request to let somebody in that was never answered may still be carried out some time later. Seconds after which
 * it surely is not: the server's own limits end it before.
 */
const SETTLED = 25_000;

export interface Room {
  id: string;
  /** Lets the visitor in. */
  owner: Person;
  visitor: Person;
}

type Report = (violation: Violation) => void;

/** Somebody comes into a private room and leaves it, again and again, at any process. */
export class Visitor {
  readonly room: Room;
  readonly #stays: Stay[] = [{ joinSentAt: 0, leftAt: 0 }];
  readonly #keysSeen = new Set<string>();
  readonly #frames: { sequence: number; at: number }[] = [];
  #lastUnanswered = Number.NEGATIVE_INFINITY;

  constructor(room: Room) {
    this.room = room;
  }

  is(username: string): boolean {
    return this.room.visitor.username === username;
  }

  /** Whether whatever was asked for then and comes now falls into one absence. */
  wasOut(startedAt: number): boolean {
    return isAbsent(this.#stays, startedAt, performance.now());
  }

  /** What the visitor got: what was said, and the message that a frame names. */
  receive(
    said: readonly { conversationId: string; key: string }[],
    named: { conversationId: string; sequence: number | undefined } | undefined,
  ): void {
    for (const { conversationId, key } of said) {
      if (conversationId === this.room.id) this.#keysSeen.add(key);
    }
    if (named?.conversationId !== this.room.id || named.sequence === undefined) return;
    this.#frames.push({ sequence: named.sequence, at: performance.now() });
  }

  /** Once the visitor is in for good: all there is to check. */
  async conclude(): Promise<Visits> {
    const { id, visitor } = this.room;
    const { clearedThrough } = await visitor.client.api.getConversation(id);
    const readings = await readAll([{ conversationId: id, member: visitor }]);
    return {
      visitor: visitor.username,
      conversationId: id,
      stays: this.#stays,
      keysSeen: this.#keysSeen,
      frames: this.#frames,
      readings: readings.map((reading) => ({ ...reading, clearedThrough })),
    };
  }

  /** Until `signal` aborts; then the visitor is in, unless nobody answers. */
  async run(random: Random, report: Report, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#join(random, signal);
      await pause(random, signal);
      await this.#leave(random, signal);
      for (let n = 0; n < PROBES && !signal.aborted; n += 1) await this.#probe(random, report);
      await pause(random, signal);
    }
    await this.#join(random, AbortSignal.timeout(SETTLED));
  }

  /** Once the visitor is in for good: false when the client does not come to hold the room in so many seconds. */
  async arrived(seconds: number): Promise<boolean> {
    const { id, visitor, owner } = this.room;
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
      const head = await owner.client.api.getConversation(id).catch(() => undefined);
      const held = visitor.client.conversation(id);
      if (head && held?.lastSequence === head.lastSequence) return true;
      await sleep(100);
    }
    return false;
  }

  async #join(random: Random, signal: AbortSignal): Promise<void> {
    this.#stays.push({ joinSentAt: performance.now() });
    const { id, owner, visitor } = this.room;
    const join = ({ doorbell }: Caller) => doorbell.api.putMember(id, visitor.username);
    await untilAnswered(join, owner, random, signal, () => {
      this.#lastUnanswered = performance.now();
    });
  }

  async #leave(random: Random, signal: AbortSignal): Promise<void> {
    const { id, owner, visitor } = this.room;
    const leave = ({ doorbell }: Caller) => doorbell.api.deleteMember(id, visitor.username);
    const isOut = await untilAnswered(leave, pick(random, [owner, visitor]), random, signal);
    const leftAt = performance.now();
    const stay = this.#stays.at(-1);
    if (isOut && stay && leftAt - this.#lastUnanswered > SETTLED) stay.leftAt = leftAt;
  }

  /** Every GET is over from the moment at which the removal was answered. */
  async #probe(random: Random, report: Report): Promise<void> {
    if (!this.wasOut(performance.now())) return;
    const { id, visitor } = this.room;
    const { url, doorbell } = pick(random, visitor.callers);
    const message = `${id}-1`;
    const ways: Record<string, () => Promise<boolean>> = {
      conversation: async () => (await doorbell.api.getConversation(id)) !== undefined,
      members: async () => (await doorbell.api.listMembers(id)) !== undefined,
      page: async () => (await doorbell.api.listMessages(id)) !== undefined,
      batch: async () => (await doorbell.api.getMessages([message])).messages.length > 0,
      sync: async () =>
        (await doorbell.api.sync({})).events.some((frame) => frame.id.split('-')[0] === id),
    };
    const way = pick(random, Object.keys(ways));
    const isServed = await ways[way]?.().catch(() => false);
    if (isServed) report({ text: `${visitor.username} had left ${id}; ${url} served: ${way}` });
  }
}

const pause = (random: Random, signal: AbortSignal): Promise<void> =>
  sleep(random() * LONGEST, undefined, { signal }).catch(() => {});

/** Asks any process, again and again; false when `signal` aborts first. */
async function untilAnswered(
  ask: (caller: Caller) => Promise<unknown>,
  who: Person,
  random: Random,
  signal: AbortSignal,
  onUnanswered: () => void = () => {},
): Promise<boolean> {
  while (!signal.aborted) {
    if (await isAnswered(ask(pick(random, who.callers)))) return true;
    onUnanswered();
    await sleep(100 + random() * 200);
  }
  return false;
}

/** Whoever is out already cannot be removed, which is as good. */
async function isAnswered(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const { status } = error instanceof DoorbellError ? error : { status: 0 };
    return status >= 400 && status < 500 && status !== 429;
  }
}
