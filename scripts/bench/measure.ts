import type { Process } from '../support/processes.ts';
import type { Asking } from './asking.ts';
import type { Flood } from './flood.ts';
import type { Gathering } from './gathering.ts';
import type { Options } from './options.ts';
import type { RawOrder, RawSpeed } from './raw-transactions.ts';
import type { Figures, Load, Talkers } from './talk.ts';
import { untilIdle } from './until-idle.ts';

/** One way to run Doorbell. */
export interface Target {
  name: string;
  port: number;
  talkers: Talkers;
  /** Of the processes it consists of; the one called `server` is Doorbell's. */
  pids: Record<string, number>;
  store: RawOrder['store'];
  /** To the database: as many as the server's. */
  connections: number;
}

/** Another server for the same loop. */
export interface Rival {
  port: number;
  pid: number;
  talkers: Talkers;
}

/** What measures, and what Doorbell is compared with. */
export interface Bench {
  options: Options;
  generator: Process;
  bare: Rival;
  /** Socket.IO, which pushes whole messages: as it is, and with one insert for each into the same MariaDB. */
  peers: { socketIo: Rival; withInsert: Rival & { mariadbd: number } };
  transactions: Process;
  errors: Map<string, number>;
}

export interface Repetition {
  /** Doorbell's figure divided by the limit's. */
  ratios: {
    talkToBare: number;
    talkToTransactions: number;
    talkToSocketIo: number;
    talkToSocketIoWithInsert: number;
    /** Of the p50 to the recipient's hands. */
    delayToSocketIoWithInsert: number;
    lonePostToTransaction: number;
    loneFetchToBare: number;
  };
  talk: Figures;
  lone: Figures;
  limits: { talk: Figures; lone: Figures; transactions: RawSpeed; oneConnection: RawSpeed };
  peers: { socketIo: Figures; withInsert: Figures };
}

/**
 * Doorbell and each of its limits by turns, with the same generator: whatever else the machine is
 * doing hits neighbours alike, so that ratios say more than figures.
 */
export async function measure(bench: Bench, target: Target): Promise<Repetition> {
  const { seconds } = bench.options;
  const half = seconds / 2;
  const bare = { ...bench.bare, name: 'bare', pids: { server: bench.bare.pid } };
  const talk = await generate(bench, target, target.talkers, seconds);
  const bareTalk = await generate(bench, bare, bare.talkers, seconds);
  const peers = await measurePeers(bench, seconds);
  const transactions = await insert(bench, target, target.connections, half);
  await untilIdle(target.pids);
  const lone = await generate(bench, target, pairOnly(target.talkers), half);
  const bareLone = await generate(bench, bare, pairOnly(bare.talkers), half);
  const oneConnection = await insert(bench, target, 1, half);
  return {
    ratios: {
      talkToBare: talk.perSecond / bareTalk.perSecond,
      talkToTransactions: talk.perSecond / transactions.perSecond,
      talkToSocketIo: talk.perSecond / peers.socketIo.perSecond,
      talkToSocketIoWithInsert: talk.perSecond / peers.withInsert.perSecond,
      delayToSocketIoWithInsert: talk.fetched.p50 / peers.withInsert.fetched.p50,
      lonePostToTransaction: lone.posted.p50 / oneConnection.p50,
      loneFetchToBare: lone.fetched.p50 / bareLone.fetched.p50,
    },
    talk,
    lone,
    limits: { talk: bareTalk, lone: bareLone, transactions, oneConnection },
    peers,
  };
}

async function measurePeers(
  bench: Bench,
  seconds: number,
): Promise<{ socketIo: Figures; withInsert: Figures }> {
  const { socketIo, withInsert } = bench.peers;
  const measurePeer = (name: string, rival: Rival, pids: Record<string, number>) =>
    generate(
      bench,
      { name, port: rival.port, pids: { server: rival.pid, ...pids }, protocol: 'socket.io' },
      rival.talkers,
      seconds,
    );
  return {
    socketIo: await measurePeer('Socket.IO', socketIo, {}),
    withInsert: await measurePeer('Socket.IO with an insert', withInsert, {
      mariadbd: withInsert.mariadbd,
    }),
  };
}

/** The users of the first conversation are the first two. */
const pairOnly = ({ users, conversations }: Talkers): Talkers => ({
  users: users.slice(0, 2),
  conversations: conversations.slice(0, 1),
});

function generate(
  bench: Bench,
  { name, ...server }: Pick<Target, 'name' | 'port' | 'pids'> & Pick<Load, 'protocol'>,
  talkers: Talkers,
  seconds: number,
): Promise<Figures> {
  const load: Load = { ...talkers, ...server, seconds, warmUpSeconds: warmUpOf(seconds) };
  return askGenerator<Figures>(bench, name, load);
}

/** What the generator saw of a load; its errors are counted under the name of the server. */
export async function askGenerator<T>(
  { generator, errors }: Pick<Bench, 'generator' | 'errors'>,
  name: string,
  load: Load | Flood | Gathering | Asking,
): Promise<T> {
  const answer = await generator.ask<{ figures: T; errors: Record<string, number> }>(load);
  for (const [message, count] of Object.entries(answer.errors)) {
    const key = `${name}: ${message}`;
    errors.set(key, (errors.get(key) ?? 0) + count);
  }
  return answer.figures;
}

function insert({ transactions }: Bench, { store }: Target, connections: number, seconds: number) {
  const order: RawOrder = { store, connections, seconds, warmUpSeconds: warmUpOf(seconds) };
  return transactions.ask<RawSpeed>(order);
}

/** Of each measurement, besides the whole repetition before the first that counts. */
export const warmUpOf = (seconds: number): number => Math.max(0.5, seconds / 5);
