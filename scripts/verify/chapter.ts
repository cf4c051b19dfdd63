import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../seed/random.ts';
import { checks, type History, type Look, possibleBodies, type Violation } from './ledger.ts';
import { leave, type OnReceived, type Person, signUp } from './person.ts';
import { type Pair, readAgain, readAll } from './readings.ts';
import { checkVisits } from './stays.ts';
import { startTalk, type Talk } from './talk.ts';
import { type Room, Visitor } from './visits.ts';
import { type Circle, intrude, leakSearch, look, signInAndOut } from './watch.ts';

const PEOPLE = 6;
/**
 * A little goes wrong with everybody's requests all the time. With frames only when that is the fault: a client that
 * notices it syncs, and then finds what it should have been told for another reason.
 */
const ORDINARY = {
  lostRequests: 0.002,
  lostAnswers: 0.01,
  repeatedRequests: 0.01,
  lateAnswers: 0.01,
};

export interface Findings {
  history: History;
  /** By promise; also those without one. */
  violations: Map<string, Violation[]>;
  /** How often each thing went wrong in the clients' networks. */
  network: Record<string, number>;
  /** Reads it all once more; resolves to what has changed since. */
  readAgain(): Promise<Violation[]>;
}

/** Some people who talk for a while and never hear of the others; so that a run of any length fits into memory. */
export class Chapter {
  readonly circle: Circle;
  readonly #talk: Talk;
  readonly #looks: Look[] = [];
  readonly #watching = new AbortController();
  readonly #watches: Promise<void>[];
  readonly #leaks: Violation[];
  readonly #served: Violation[] = [];
  readonly #unconverged: Violation[] = [];
  readonly #visits: Promise<void>;

  private constructor(circle: Circle, leaks: Violation[], seed: number, number: number) {
    this.circle = circle;
    this.#leaks = leaks;
    this.#talk = startTalk(circle.people, circle.conversations, seed);
    const { signal } = this.#watching;
    const report = (violation: Violation) => this.#served.push(violation);
    const random = (what: string, n = 0) => randomOf(what, seed, number, n);
    this.#watches = [
      ...circle.people.map((person, n) =>
        look(person, circle, random('look', n), this.#looks, signal),
      ),
      intrude(circle, random('stranger'), report, signal),
      ...circle.people
        .slice(0, 1)
        .map((person) => signInAndOut(person, random('device'), report, signal)),
    ];
    this.#visits = circle.visitor.run(random('visitor'), report, signal);
    this.#breakNetworks();
  }

  /** The installation must be whole. */
  static async open(urls: readonly string[], seed: number, number: number): Promise<Chapter> {
    const run = Date.now().toString(36);
    const leaks: Violation[] = [];
    const conversations = new Map<string, Person[]>();
    let onReceived: OnReceived = () => {};
    const join = (name: string, n: number) =>
      signUp(urls, `${name}.${run}.${n}`, n, {
        random: randomOf(name, seed, number, n),
        onReceived: (...received) => onReceived(...received),
      });
    const people: Person[] = [];
    for (let n = 1; n <= PEOPLE; n += 1) people.push(await join('verify', n));
    const visitor = new Visitor(await openRoom(people, conversations));
    const circle = { people, stranger: await join('stranger', 0), conversations, visitor };
    onReceived = leakSearch(circle, (violation) => leaks.push(violation));
    await Promise.all(people.map(({ client }) => client.connect()));
    for (const [index, person] of people.entries()) {
      const other = people[(index + 1) % people.length] ?? person;
      const { id } = await person.client.openDirect(other.username);
      conversations.set(id, [person, other]);
    }
    return new Chapter(circle, leaks, seed, number);
  }

  get size(): number {
    return this.#talk.attempts.length;
  }

  get attempts(): Talk['attempts'] {
    return this.#talk.attempts;
  }

  get everybody(): readonly Person[] {
    return [...this.circle.people, this.circle.stranger];
  }

  talk(): void {
    this.#breakNetworks();
    this.#talk.talk();
  }

  sayLastWords(url?: string): Promise<void> {
    return this.#talk.sayLastWords(url);
  }

  hush(): void {
    this.#talk.hush();
  }

  #breakNetworks(): void {
    for (const { network } of this.everybody) network.break(ORDINARY);
  }

  #healNetworks(): void {
    for (const { network } of this.everybody) network.heal();
  }

  /**
   * While nobody says anything new: resolves to the seconds until every client holds everything.
   * When that takes more than `patience`, in seconds, it is a violation.
   */
  async converge(after: string, patience: number): Promise<number> {
    const started = Date.now();
    const seconds = () => (Date.now() - started) / 1_000;
    this.#healNetworks();
    await Promise.race([this.#talk.silent(), sleep(patience * 1_000, undefined, { ref: false })]);
    for (;;) {
      const behind = await this.#behind();
      if (behind.length === 0) return seconds();
      if (seconds() > patience) {
        const text = `${patience} s after ${after}: ${behind.join('; ')}`;
        this.#unconverged.push({ text });
        return seconds();
      }
      await sleep(100);
    }
  }

  /** Whether a promise is known to be broken before everything is read. */
  get isBroken(): boolean {
    return [this.#leaks, this.#served, this.#unconverged].some(({ length }) => length > 0);
  }

  /** Reads everything, as every member, from every process, and checks it; `patience` as for `converge`. */
  async close(patience: number): Promise<Findings> {
    this.#watching.abort();
    this.#healNetworks();
    await Promise.all([this.#talk.stop(), ...this.#watches]);
    await this.#visits;
    const hasArrived = await this.circle.visitor.arrived(this.isBroken ? 0 : patience);
    if (!hasArrived) this.#unconverged.push({ text: 'the visitor does not hold what was said' });
    const readings = await readAll(this.#pairs);
    const visits = await this.circle.visitor.conclude();
    const attempts = this.#talk.attempts;
    const history = { attempts, looks: this.#looks, readings };
    for (const person of this.everybody) leave(person);
    const violations = new Map([
      ...Object.entries(checks).map(([promise, check]) => [promise, check(history)] as const),
      [
        'membership: whoever comes has all from then on, and nothing from before or after',
        checkVisits(
          visits,
          attempts,
          readings.find(({ conversationId }) => conversationId === visits.conversationId),
        ),
      ] as const,
      ['convergence: everybody has everything, by itself', this.#unconverged] as const,
      ['privacy: nobody receives what is not theirs', this.#leaks] as const,
      ['the wall: strangers and ended sessions are not served', this.#served] as const,
    ]);
    return {
      history,
      violations,
      network: sum(this.everybody.map(({ network }) => network.counts)),
      readAgain: readAgain(this.#pairs, readings),
    };
  }

  get #pairs(): Pair[] {
    return [...this.circle.conversations].flatMap(([conversationId, members]) =>
      members.map((member) => ({ conversationId, member })),
    );
  }

  async #behind(): Promise<string[]> {
    const found = await Promise.all(
      this.#pairs.map(async ({ conversationId, member }) => {
        const { username, client, callers } = member;
        const heads = await Promise.all(
          callers.map(({ doorbell }) => doorbell.api.getConversation(conversationId)),
        ).catch(() => undefined);
        if (!heads) return [`${username} gets no answer`];
        const held = client.conversation(conversationId)?.lastSequence ?? 0;
        const head = Math.max(...heads.map(({ lastSequence }) => lastSequence));
        return held === head ? [] : [`${username} holds ${held} of ${head} in ${conversationId}`];
      }),
    );
    const behind = found.flat();
    return behind.length === 0 ? this.#outdated() : behind;
  }

  /** What was edited or deleted, and is held as it was before. */
  #outdated(): string[] {
    const revised = this.#talk.attempts.filter(({ revisions }) => revisions.length > 0);
    return this.#pairs.flatMap(({ conversationId, member: { username, client } }) => {
      const held = new Map(client.messages(conversationId).map(({ id, body }) => [id, body]));
      const outdated = revised.filter((attempt) => {
        const body = held.get(attempt.acknowledged[0]?.id ?? '');
        return body !== undefined && !possibleBodies(attempt).includes(body);
      });
      return outdated.map(({ key }) => `${username} holds ${key} as it was`);
    });
  }
}

/** A private room of all but the last, who comes and goes. */
async function openRoom(
  people: readonly Person[],
  conversations: Map<string, readonly Person[]>,
): Promise<Room> {
  const [members, [owner], [visitor]] = [people.slice(0, -1), people, people.slice(-1)];
  if (!owner || !visitor) throw new Error('nobody is there');
  const { id } = await owner.client.api.createRoom({
    title: 'Comings and goings',
    visibility: 'private',
    history: 'joined',
    members: members.map(({ username }) => username),
  });
  conversations.set(id, members);
  return { id, owner, visitor };
}

function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
