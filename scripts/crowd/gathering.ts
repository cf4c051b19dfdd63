import { setTimeout as sleep } from 'node:timers/promises';
import { type Process, startProcess } from '../support/processes.ts';
import type { Order, Question, Seats, Sight } from './orders.ts';

/** Two processes, so that they can do more together than the one server that they are there for. */
const ANY_ADDRESS = [undefined, undefined];
/** Milliseconds. */
const BETWEEN_LOOKS = 200;

/** The crowd: clients in processes of their own. */
export interface Gathering extends AsyncDisposable {
  pids: Readonly<Record<string, number>>;
  pause(): Promise<Sight>;
  resume(): Promise<Sight>;
  look(question: Question): Promise<Sight>;
  /** Resolves when nobody is behind, or after so many seconds with those who are. */
  lookUntilCaughtUp(question: Question, seconds: number): Promise<Sight>;
}

/**
 * Opens all sockets, some at a time; resolves when everybody is connected and has caught up, or cannot.
 * There is a process for each of the clients' addresses, of which each has only so many ports.
 */
export async function gather(
  port: number,
  seats: readonly Seats[],
  addresses: readonly (string | undefined)[] = ANY_ADDRESS,
): Promise<Gathering> {
  await using started = new AsyncDisposableStack();
  const members = addresses.map(() =>
    started.use(
      // Not ours: what starts a test has its hooks in there.
      startProcess(import.meta.resolve('./member.ts'), { env: { PATH: process.env['PATH'] } }),
    ),
  );
  await Promise.all(
    members.map((member, index) => {
      const order: Order = {
        do: 'open',
        port,
        address: addresses[index],
        seats: seats.map((seat) => ({ ...seat, count: share(seat.count, index, members.length) })),
      };
      return member.ask(order);
    }),
  );
  const all = started.move();
  const look = (question: Question) => askAll(members, { do: 'look', ...question });
  return {
    pids: Object.fromEntries(members.map(({ pid }, index) => [`crowd ${index + 1}`, pid])),
    pause: () => askAll(members, { do: 'pause' }),
    resume: () => askAll(members, { do: 'resume' }),
    look,
    async lookUntilCaughtUp(question, seconds) {
      const end = Date.now() + seconds * 1_000;
      let sight = await look(question);
      while (sight.behind > 0 && Date.now() < end) {
        await sleep(BETWEEN_LOOKS);
        sight = await look(question);
      }
      return sight;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Of so many, the part of one process; together neither more nor less. */
const share = (count: number, index: number, processes: number): number =>
  Math.floor((count + index) / processes);

async function askAll(members: readonly Process[], order: Order): Promise<Sight> {
  const sights = await Promise.all(members.map((member) => member.ask<Sight>(order)));
  const sum = (key: 'behind' | 'resynced' | 'undeclared' | 'unanswered') =>
    sights.reduce((total, sight) => total + sight[key], 0);
  const opened = sights.flatMap(({ openedAt }) => openedAt ?? []);
  return {
    caughtUpAt: sights.flatMap(({ caughtUpAt }) => caughtUpAt),
    behind: sum('behind'),
    resynced: sum('resynced'),
    openedAt: opened.length > 0 ? Math.min(...opened) : null,
    answers: addUp(sights.map(({ answers }) => answers)),
    undeclared: sum('undeclared'),
    unanswered: sum('unanswered'),
  };
}

function addUp(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [key, count] of counts.flatMap(Object.entries<number>)) {
    total[key] = (total[key] ?? 0) + count;
  }
  return total;
}
