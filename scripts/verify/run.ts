import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../seed/random.ts';
import { Chapter, type Findings } from './chapter.ts';
import { type Round, rounds } from './deck.ts';
import { clientFaults } from './faults/clients.ts';
import type { Fault, Heal, SayLastWords } from './faults/fault.ts';
import type { Attempt, Violation } from './ledger.ts';
import type { Topology } from './topologies/topology.ts';

/** Milliseconds of one chapter, and messages, at most. */
const CHAPTER = 180_000;
const CHAPTER_MESSAGES = 60_000;
/** Milliseconds of talk between two rounds. */
const BREATH = 500;

export interface RunOptions {
  minutes: number;
  seed: number;
  /** Only faults whose names contain one of these; all when it is empty. */
  only?: readonly string[];
  /** Seconds in which all must have caught up. */
  patience: number;
  onRound?: (round: Round, secondsLeft: number) => void;
}

interface FaultRecord {
  times: number;
  /** Seconds from its end to everybody having everything; the longest. Undefined when talk always went on. */
  caughtUp?: number;
  /** The longest time without an acknowledgement while it lasted, in seconds. Undefined when there was no talk. */
  silence?: number;
}

export interface Incident {
  name: string;
  startedAt: number;
  endedAt: number;
}

export interface Verdict {
  attempts: number;
  acknowledged: number;
  faults: ReadonlyMap<string, FaultRecord>;
  network: Readonly<Record<string, number>>;
  promises: ReadonlyMap<string, readonly Violation[]>;
  incidents: readonly Incident[];
}

const STILL_THERE = 'still there at the end of the run';

/** Talks to the installation while it is being broken, and checks what it promised. */
export async function run(topology: Topology, options: RunOptions): Promise<Verdict> {
  const course = new Course(topology, options);
  await course.run();
  return course.verdict;
}

class Course {
  readonly verdict = {
    attempts: 0,
    acknowledged: 0,
    faults: new Map<string, FaultRecord>(),
    network: {} as Record<string, number>,
    promises: new Map<string, Violation[]>(),
    incidents: [] as Incident[],
  };
  readonly #topology: Topology;
  readonly #options: RunOptions;
  readonly #end: number;
  readonly #readAgain: (() => Promise<Violation[]>)[] = [];
  #chapters = 0;
  #chapter: Chapter | undefined;

  constructor(topology: Topology, options: RunOptions) {
    this.#topology = topology;
    this.#options = options;
    this.#end = Date.now() + options.minutes * 60_000;
  }

  async run(): Promise<void> {
    const { seed, only = [] } = this.#options;
    const people = () => this.#chapter?.everybody ?? [];
    const faults = [...this.#topology.faults, ...clientFaults(people)].filter(
      ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
    );
    for (const { name } of faults) this.verdict.faults.set(name, { times: 0 });
    const plan = rounds(faults, randomOf('rounds', seed));
    while (Date.now() < this.#end && !this.#isBroken) await this.#tell(plan);
    for (const read of this.#readAgain) this.#add(STILL_THERE, await read());
  }

  /** What follows a broken promise would only hide how it came. */
  get #isBroken(): boolean {
    return [...this.verdict.promises.values()].some(({ length }) => length > 0);
  }

  /** One chapter, from its first word to what is found in it. */
  async #tell(plan: Generator<Round, never>): Promise<void> {
    const { urls } = this.#topology;
    this.#chapters += 1;
    const chapter = await Chapter.open(urls, this.#options.seed, this.#chapters);
    this.#chapter = chapter;
    const end = Math.min(this.#end, Date.now() + CHAPTER);
    do {
      const round = plan.next().value;
      const isLast = Date.now() + round.hold + 2 * BREATH > end;
      const mustEndInSilence = isLast && round.tone === 'talk';
      await this.#play(chapter, mustEndInSilence ? { ...round, tone: 'hush' } : round);
    } while (Date.now() < end && chapter.size < CHAPTER_MESSAGES && !chapter.isBroken);
    await this.#conclude(chapter);
  }

  async #play(chapter: Chapter, round: Round): Promise<void> {
    const { faults, hold, tone } = round;
    this.#options.onRound?.(round, Math.max(0, (this.#end - Date.now()) / 1_000));
    await sleep(BREATH);
    if (tone === 'last words') await this.#silence(chapter);
    const startedAt = performance.now();
    const heals = await this.#break(chapter, round);
    await sleep(hold);
    const spokenUntil = performance.now();
    if (tone === 'hush') chapter.hush();
    // All at once: a process is not ready before its database is back.
    await Promise.all(heals.map((heal) => heal()));
    const endedAt = performance.now();
    for (const { name } of faults) this.verdict.incidents.push({ name, startedAt, endedAt });
    const caughtUp = tone === 'talk' ? undefined : await this.#converge(chapter, namesOf(faults));
    chapter.talk();
    const silence =
      tone === 'last words'
        ? undefined
        : longestSilence(chapter.attempts, startedAt, tone === 'talk' ? endedAt : spokenUntil);
    for (const { name } of faults) this.#record(name, silence, caughtUp);
  }

  /** Until nothing is under way and everybody has everything, so that nothing else makes anybody sync. */
  async #silence(chapter: Chapter): Promise<void> {
    chapter.hush();
    await this.#converge(chapter, 'talk');
  }

  /** Returns what makes it whole again. */
  async #break(chapter: Chapter, { faults, tone }: Round): Promise<Heal[]> {
    const random = randomOf('fault', this.#options.seed, this.verdict.incidents.length);
    let areSaid = tone !== 'last words';
    const say: SayLastWords = async (url) => {
      areSaid = true;
      await chapter.sayLastWords(url);
    };
    const heals: Heal[] = [];
    for (const fault of faults) heals.push(await fault.break(random, areSaid ? undefined : say));
    if (!areSaid) await say();
    return heals;
  }

  #converge(chapter: Chapter, after: string): Promise<number> {
    return chapter.converge(after, this.#options.patience);
  }

  #record(name: string, silence: number | undefined, caughtUp: number | undefined): void {
    const record = this.verdict.faults.get(name) ?? { times: 0 };
    record.times += 1;
    if (silence !== undefined) record.silence = Math.max(record.silence ?? 0, silence);
    if (caughtUp !== undefined) record.caughtUp = Math.max(record.caughtUp ?? 0, caughtUp);
    this.verdict.faults.set(name, record);
  }

  async #conclude(chapter: Chapter): Promise<void> {
    chapter.hush();
    if (!chapter.isBroken) await this.#converge(chapter, 'the last fault');
    const findings = await chapter.close(this.#options.patience);
    this.#count(findings);
    for (const [promise, violations] of findings.violations) this.#add(promise, violations);
    this.#readAgain.push(findings.readAgain);
  }

  #count({ history: { attempts }, network }: Findings): void {
    this.verdict.attempts += attempts.length;
    this.verdict.acknowledged += attempts.filter(({ outcome }) => outcome === 'ok').length;
    for (const [name, count] of Object.entries(network)) {
      this.verdict.network[name] = (this.verdict.network[name] ?? 0) + count;
    }
  }

  #add(promise: string, violations: readonly Violation[]): void {
    const all = this.verdict.promises.get(promise) ?? [];
    this.verdict.promises.set(promise, [...all, ...violations]);
  }
}

const namesOf = (faults: readonly Fault[]): string => faults.map(({ name }) => name).join(', and ');

function longestSilence(attempts: readonly Attempt[], from: number, to: number): number {
  const times = attempts
    .flatMap(({ acknowledgedAt: at }) => (at !== undefined && at > from && at < to ? [at] : []))
    .sort((a, b) => a - b);
  const gaps = [from, ...times].map((at, index) => (times[index] ?? to) - at);
  return Math.max(0, ...gaps) / 1_000;
}
