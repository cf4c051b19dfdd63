// npm run verify [-- --minutes 1 --seed 7 --topology embedded|pair]
// Talks to an installation that it keeps breaking, writes down what was acknowledged, and then checks that all of it is
// there: once, in one order, and with everybody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random, randomOf } from './seed/random.ts';
import { CommandError, parseOptions } from './support/command.ts';
import { type Attempt, checks, type History } from './verify/ledger.ts';
import { joinPeople, type Person, post, readAll } from './verify/talk.ts';
import { type Topology, topologies } from './verify/topology.ts';

const PEOPLE = 6;
/** Posts under way at once, of each person. */
const HANDS = 4;
const SECONDS_BETWEEN_FAULTS = [2, 6] as const;
/** Seconds after the last fault in which everybody must have everything, by themselves. */
const CONVERGENCE = 30;

const options = optionsOrExit();
const dir = mkdtempSync(join(tmpdir(), 'doorbell-verify-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
process.exitCode = await run();

async function run(): Promise<number> {
  await using topology = await options.topology(dir);
  const people = await joinPeople(topology.urls, PEOPLE);
  const conversations = await openAll(people);
  const attempts: Attempt[] = [];
  const [talking, repeating] = [new AbortController(), new AbortController()];
  const hands = people.flatMap((person) =>
    Array.from({ length: HANDS }, (_, hand) =>
      talk(person, hand, conversations, attempts, talking.signal, repeating.signal),
    ),
  );
  const faults = await injectFaults(topology, people);
  talking.abort();
  const hopeless = setTimeout(() => repeating.abort(), CONVERGENCE * 1_000);
  await Promise.all(hands);
  clearTimeout(hopeless);
  const seconds = await convergence(conversations);
  const readings = await Promise.all(
    [...conversations].flatMap(([id, members]) => members.map((person) => readAll(person, id))),
  );
  for (const { client } of people) client.close();
  return report({ attempts, readings: readings.flat() }, faults, seconds);
}

/** One conversation for each pair of neighbours, in a ring. */
async function openAll(people: readonly Person[]): Promise<Map<string, Person[]>> {
  const conversations = new Map<string, Person[]>();
  for (const [index, person] of people.entries()) {
    const other = people[(index + 1) % people.length] as Person;
    const { id } = await person.client.openDirect(other.username);
    conversations.set(id, [person, other]);
  }
  return conversations;
}

async function talk(
  person: Person,
  hand: number,
  conversations: ReadonlyMap<string, Person[]>,
  attempts: Attempt[],
  talking: AbortSignal,
  repeating: AbortSignal,
): Promise<void> {
  const random = randomOf(person.username, options.seed, hand);
  const own = [...conversations].filter(([, members]) => members.includes(person));
  for (let n = 1; !talking.aborted; n += 1) {
    const [conversationId] = pick(random, own);
    const name = `${person.username}.${hand}.${n}`;
    const attempt: Attempt = {
      body: `said by ${name}`,
      conversationId,
      sender: person.username,
      key: name,
      sentAt: performance.now(),
      outcome: 'unknown',
      acknowledged: [],
    };
    attempts.push(attempt);
    await post(person, attempt, random() < 1 / 3, repeating);
    await sleep(random() * 20);
  }
}

/** Until the time is over. Returns how many there were of each kind. */
async function injectFaults(
  topology: Topology,
  people: readonly Person[],
): Promise<Map<string, number>> {
  const random = randomOf('faults', options.seed);
  const kinds: Topology['faults'] = {
    ...topology.faults,
    'half the clients leave and return': () => cutClients(random, people),
  };
  const counts = new Map(Object.keys(kinds).map((name) => [name, 0]));
  const end = Date.now() + options.minutes * 60_000;
  const [shortest, longest] = SECONDS_BETWEEN_FAULTS;
  while (Date.now() < end) {
    await sleep(1_000 * (shortest + random() * (longest - shortest)));
    const name = pick(random, [...counts.keys()]);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const left = Math.max(0, Math.round((end - Date.now()) / 1_000));
    process.stderr.write(`… ${left} s left: ${name}\n`);
    await kinds[name]?.();
  }
  return counts;
}

async function cutClients(random: Random, people: readonly Person[]): Promise<void> {
  const some = people.filter(() => random() < 0.5);
  for (const { client } of some) client.close();
  await sleep(random() * 1_000);
  await Promise.all(some.map(({ client }) => client.connect()));
}

/** Seconds until every client holds the head of each of its conversations; NaN when that took too long. */
async function convergence(conversations: ReadonlyMap<string, Person[]>): Promise<number> {
  const started = Date.now();
  while (Date.now() - started < CONVERGENCE * 1_000) {
    const behind = await Promise.all(
      [...conversations].flatMap(([id, members]) =>
        members.map(async (person) => {
          const { lastSequence } = await person.client.api.getConversation(id);
          return person.client.conversation(id)?.lastSequence !== lastSequence;
        }),
      ),
    );
    if (!behind.includes(true)) return (Date.now() - started) / 1_000;
    await sleep(100);
  }
  return Number.NaN;
}

function report(history: History, faults: ReadonlyMap<string, number>, seconds: number): number {
  const acknowledged = history.attempts.filter(({ outcome }) => outcome === 'acknowledged').length;
  console.log(
    `${history.attempts.length} messages, ${acknowledged} acknowledged; seed ${options.seed}\n`,
  );
  for (const [name, count] of faults) console.log(`  ${String(count).padStart(5)}  ${name}`);
  console.log('');
  const lines = Object.entries(checks).map(([promise, check]) => ({
    promise,
    broken: check(history),
  }));
  const converged = Number.isNaN(seconds) ? [`not within ${CONVERGENCE} s`] : [];
  for (const { promise, broken } of [...lines, { promise: 'convergence', broken: converged }]) {
    console.log(`  ${broken.length === 0 ? 'held  ' : 'BROKEN'}  ${promise}`);
    for (const line of broken.slice(0, 20)) console.log(`            ${line}`);
  }
  const isBroken = converged.length > 0 || lines.some(({ broken }) => broken.length > 0);
  return isBroken || acknowledged === 0 ? 1 : 0;
}

function optionsOrExit() {
  try {
    const given = parseOptions(process.argv.slice(2), {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: '7' },
      topology: { type: 'string', default: 'embedded' },
    });
    const options = { minutes: Number(given.minutes), seed: Number(given.seed) };
    const topology = topologies[given.topology];
    if (!(options.minutes > 0)) throw new CommandError('--minutes: more than 0');
    if (!Number.isSafeInteger(options.seed)) throw new CommandError('--seed: a whole number');
    if (!topology) throw new CommandError(`--topology: ${Object.keys(topologies).join(' or ')}`);
    return { ...options, topology };
  } catch (error) {
    console.error(error instanceof CommandError ? error.message : error);
    process.exit(2);
  }
}
