import type { RawOrder, RawSpeed } from './raw-transactions.ts';
import type { Scenario } from './scenario.ts';
import { askGenerator, type Stage, timesOf } from './stage.ts';
import type { Figures, Load } from './talk.ts';
import { TALK_SECTIONS } from './talk-sections.ts';
import type { Rival, Target } from './target.ts';
import { setUpTargets } from './targets.ts';
import { untilIdle } from './until-idle.ts';

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

export const TALK: Scenario<Target, Repetition> = {
  about: 'from post to fetched by the other, beside what the machine could do at best (default)',
  setUp: (stage) => setUpTargets(stage, stage.options),
  measure,
  rates: ({ talk, peers }) => ({
    talk,
    'Socket.IO': peers.socketIo,
    'Socket.IO with an insert': peers.withInsert,
  }),
  limits: ({ limits }) => ({ 'bare talk': limits.talk }),
  sections: () => TALK_SECTIONS,
};

/** Doorbell and each of its limits by turns, with the same generator: ratios say more than figures. */
async function measure(stage: Stage, target: Target): Promise<Repetition> {
  const whole = timesOf(stage);
  const half = { seconds: whole.seconds / 2, warmUpSeconds: whole.warmUpSeconds / 2 };
  const { name, bare, connections } = target;
  const talk = await generate(stage, name, target, whole);
  const bareTalk = await generate(stage, 'bare', bare, whole);
  const peers = await measurePeers(stage, target, whole);
  const transactions = await insert(target, connections, half);
  await untilIdle(target.pids);
  const lone = await generate(stage, name, pairOnly(target), half);
  const bareLone = await generate(stage, 'bare', pairOnly(bare), half);
  const oneConnection = await insert(target, 1, half);
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

type Times = Pick<Load, 'seconds' | 'warmUpSeconds'>;

async function measurePeers(
  stage: Stage,
  { peers: { socketIo, withInsert } }: Target,
  times: Times,
): Promise<Repetition['peers']> {
  const spoken = { ...times, protocol: 'socket.io' } as const;
  return {
    socketIo: await generate(stage, 'Socket.IO', socketIo, spoken),
    withInsert: await generate(stage, 'Socket.IO with an insert', withInsert, spoken),
  };
}

/** The users of the first conversation are the first two. */
const pairOnly = ({ port, pids, talkers: { users, conversations } }: Rival): Rival => ({
  port,
  pids,
  talkers: { users: users.slice(0, 2), conversations: conversations.slice(0, 1) },
});

function generate(
  stage: Stage,
  name: string,
  { port, pids, talkers }: Rival,
  how: Times & Pick<Load, 'protocol'>,
): Promise<Figures> {
  return askGenerator<Figures>(stage, name, { ...talkers, ...how, port, pids });
}

function insert({ transactions, store }: Target, connections: number, times: Times) {
  const order: RawOrder = { store, connections, ...times };
  return transactions.ask<RawSpeed>(order);
}
