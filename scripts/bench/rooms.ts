import { openRoom } from './accounts.ts';
import type { GatheringFigures, Room } from './gathering.ts';
import { ranged, type Section } from './report.ts';
import {
  CROWD_SIZE,
  PLAN_NAMES,
  PLANS,
  type Plan,
  type PlanName,
  SMALL,
  TITLES,
} from './room-plans.ts';
import { usedRows } from './rows.ts';
import type { Column, Scenario } from './scenario.ts';
import { askGenerator, type Stage, timesOf } from './stage.ts';
import type { Summarised } from './statistics.ts';
import type { Target } from './target.ts';
import { setUpTargets } from './targets.ts';

interface Repetition {
  ratios: {
    hotToSpread: number;
    /** Of the peer with one insert for each message. */
    smallAllLookingToPeer: number;
    smallFewLookingToPeer: number;
  };
  figures: Record<PlanName, GatheringFigures>;
  peer: Record<'smallAllLooking' | 'smallFewLooking', GatheringFigures>;
}

type Rooms = Record<PlanName, Room[]>;

const makeRooms = async (open: (room: Omit<Room, 'id'>) => Promise<string>): Promise<Rooms> => {
  const made: [PlanName, Room[]][] = [];
  for (const name of PLAN_NAMES) {
    const rooms: Room[] = [];
    for (const room of PLANS[name]) rooms.push({ ...room, id: await open(room) });
    made.push([name, rooms]);
  }
  return Object.fromEntries(made) as Rooms;
};

/** As the peer is told them. */
function inventRooms(): Promise<Rooms> {
  let count = 0;
  return makeRooms(async () => {
    count += 1;
    return String(count);
  });
}

/** A way to run Doorbell, with the rooms of all plans, in it and in its peer. */
interface Crowd extends Column {
  target: Target;
  rooms: Rooms;
  peerRooms: Rooms;
}

async function setUp(stage: Stage): Promise<Crowd[]> {
  const peerRooms = await inventRooms();
  const cast = { users: CROWD_SIZE, conversations: 0, rooms: Object.values(peerRooms).flat() };
  const targets = await setUpTargets(stage, cast);
  return Promise.all(
    targets.map(async (target) => {
      const open = ({ members }: Plan[number]) =>
        openRoom(target.port, target.talkers.users, members);
      const { name, one } = target;
      const crowd = { target, rooms: await makeRooms(open), peerRooms, name };
      return one === undefined ? crowd : { ...crowd, one };
    }),
  );
}

async function measure(stage: Stage, { target, rooms, peerRooms }: Crowd): Promise<Repetition> {
  const times = timesOf(stage);
  const { name, port, pids, talkers } = target;
  const measured: [PlanName, GatheringFigures][] = [];
  for (const plan of PLAN_NAMES) {
    const load = { users: talkers.users, rooms: rooms[plan], port, pids, ...times };
    measured.push([plan, await askGenerator<GatheringFigures>(stage, `${plan} of ${name}`, load)]);
  }
  const figures = Object.fromEntries(measured) as Repetition['figures'];
  const { withInsert } = target.peers;
  const measurePeer = (plan: PlanName) =>
    askGenerator<GatheringFigures>(stage, `${plan} of Socket.IO`, {
      users: withInsert.talkers.users,
      rooms: peerRooms[plan],
      port: withInsert.port,
      pids: withInsert.pids,
      protocol: 'socket.io',
      ...times,
    });
  const peer = {
    smallAllLooking: await measurePeer('smallAllLooking'),
    smallFewLooking: await measurePeer('smallFewLooking'),
  };
  return {
    ratios: {
      hotToSpread: figures.hot.perSecond / figures.spread.perSecond,
      smallAllLookingToPeer: figures.smallAllLooking.perSecond / peer.smallAllLooking.perSecond,
      smallFewLookingToPeer: figures.smallFewLooking.perSecond / peer.smallFewLooking.perSecond,
    },
    figures,
    peer,
  };
}

const rowsOf = (
  figuresOf: (results: Summarised<Repetition>) => Summarised<GatheringFigures>,
): Section<Repetition>[1] => [
  ['messages a second', (results) => ranged(figuresOf(results).perSecond)],
  ['calls that fetch a second', (results) => ranged(figuresOf(results).fetchesPerSecond)],
  ['post → 201, p50 ms', (results) => ranged(figuresOf(results).posted.p50, 1)],
  ['post → each member notified, p50 ms', (results) => ranged(figuresOf(results).notified.p50, 1)],
  ['post → each member notified, p99 ms', (results) => ranged(figuresOf(results).notified.p99, 1)],
  ['post → fetched by all, p50 ms', (results) => ranged(figuresOf(results).fetchedByAll.p50, 1)],
  ['post → fetched by all, p99 ms', (results) => ranged(figuresOf(results).fetchedByAll.p99, 1)],
  ...usedRows<Repetition>(figuresOf),
];

const SECTIONS: readonly Section<Repetition>[] = [
  [
    'Ratios',
    [
      [
        'messages: one hot conversation / spread ones',
        ({ ratios }) => ranged(ratios.hotToSpread, 2),
      ],
      [
        `rooms of ${SMALL}, all looking / Socket.IO with an insert`,
        ({ ratios }) => ranged(ratios.smallAllLookingToPeer, 2),
      ],
      [
        `rooms of ${SMALL}, one in ten / Socket.IO with an insert`,
        ({ ratios }) => ranged(ratios.smallFewLookingToPeer, 2),
      ],
    ],
  ],
  ...PLAN_NAMES.map(
    (name): Section<Repetition> => [TITLES[name], rowsOf(({ figures }) => figures[name])],
  ),
  ...(['smallAllLooking', 'smallFewLooking'] as const).map(
    (name): Section<Repetition> => [
      `Peer: Socket.IO with an insert, ${TITLES[name]}`,
      rowsOf(({ peer }) => peer[name]),
    ],
  ),
];

export const ROOMS: Scenario<Crowd, Repetition> = {
  about: 'when many hear of the same message, and few or all of them look',
  setUp,
  measure,
  rates: ({ figures, peer }) => ({
    ...Object.fromEntries(PLAN_NAMES.map((plan) => [TITLES[plan], figures[plan]])),
    ...Object.fromEntries(
      Object.entries(peer).map(([plan, rate]) => [
        `Socket.IO with an insert, ${TITLES[plan as PlanName]}`,
        rate,
      ]),
    ),
  }),
  sections: () => SECTIONS,
};
