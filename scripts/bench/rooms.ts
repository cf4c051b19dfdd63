import { invent, openRoom } from './accounts.ts';
import type { GatheringFigures, Room } from './gathering.ts';
import { askGenerator, type Bench, type Target, warmUpOf } from './measure.ts';
import { coreRows, ranged, type Section } from './report.ts';
import type { Summarised } from './statistics.ts';

/** Members of the large room, and those of them who look at it. */
export const CROWD_SIZE = 1_000;
const FEW = 20;
/** Users of the small rooms, and of each. */
const USERS = 200;
const SMALL = 50;
/** Messages under way in each of the small rooms: in all together as many as when pairs talk. */
const SMALL_UNDER_WAY = 25;
/** Messages under way in the one hot conversation, or in as many conversations. */
const UNDER_WAY = 50;

/** Who is in which room; the id is given by the server. */
type Plan = readonly Omit<Room, 'id'>[];

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Four rooms; the first member of each talks, and so many of the others look. */
const smallRooms = (looking: number): Plan =>
  range(0, USERS / SMALL).map((room) => {
    const first = room * SMALL;
    const members = range(first, first + SMALL);
    const posters = range(0, SMALL_UNDER_WAY).fill(first);
    return { members, posters, looking: members.slice(1, 1 + looking) };
  });

const largeRoom = (looking: number): Plan => [
  { members: range(0, CROWD_SIZE), posters: [0], looking: range(1, 1 + looking) },
];

const PLANS = {
  hot: [{ members: [0, 1], posters: range(0, UNDER_WAY).fill(0), looking: [1] }],
  spread: range(0, UNDER_WAY).map((pair) => ({
    members: [2 * pair, 2 * pair + 1],
    posters: [2 * pair],
    looking: [2 * pair + 1],
  })),
  smallAllLooking: smallRooms(SMALL - 1),
  smallFewLooking: smallRooms(SMALL / 10),
  largeFewLooking: largeRoom(FEW),
  largeAllLooking: largeRoom(CROWD_SIZE - 1),
} satisfies Record<string, Plan>;

type PlanName = keyof typeof PLANS;
const PLAN_NAMES = Object.keys(PLANS) as PlanName[];

export interface RoomsRepetition {
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

/** With the rooms of all plans, as the peer is told them. */
export async function inventCrowd() {
  let count = 0;
  const rooms = await makeRooms(async () => {
    count += 1;
    return String(count);
  });
  const talkers = invent({ users: CROWD_SIZE, conversations: 0 });
  return { talkers, rooms };
}

/** A way to run Doorbell, with the rooms of all plans. */
export interface Crowd {
  target: Target;
  rooms: Rooms;
}

export const gatherCrowd = async (target: Target): Promise<Crowd> => ({
  target,
  rooms: await makeRooms(({ members }) => openRoom(target.port, target.talkers.users, members)),
});

export async function measureRooms(
  bench: Bench,
  { target, rooms }: Crowd,
  peerRooms: Rooms,
): Promise<RoomsRepetition> {
  const { seconds } = bench.options;
  const times = { seconds, warmUpSeconds: warmUpOf(seconds) };
  const { name, port, pids, talkers } = target;
  const measured: [PlanName, GatheringFigures][] = [];
  for (const plan of PLAN_NAMES) {
    const load = { users: talkers.users, rooms: rooms[plan], port, pids, ...times };
    measured.push([plan, await askGenerator<GatheringFigures>(bench, `${plan} of ${name}`, load)]);
  }
  const figures = Object.fromEntries(measured) as RoomsRepetition['figures'];
  const { withInsert } = bench.peers;
  const measurePeer = (plan: PlanName) =>
    askGenerator<GatheringFigures>(bench, `${plan} of Socket.IO`, {
      users: withInsert.talkers.users,
      rooms: peerRooms[plan],
      port: withInsert.port,
      pids: { server: withInsert.pid, mariadbd: withInsert.mariadbd },
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
  figuresOf: (results: Summarised<RoomsRepetition>) => Summarised<GatheringFigures>,
): Section<RoomsRepetition>[1] => [
  ['messages a second', (results) => ranged(figuresOf(results).perSecond)],
  ['calls that fetch a second', (results) => ranged(figuresOf(results).fetchesPerSecond)],
  ['post → 201, p50 ms', (results) => ranged(figuresOf(results).posted.p50, 1)],
  ['post → each member notified, p50 ms', (results) => ranged(figuresOf(results).notified.p50, 1)],
  ['post → each member notified, p99 ms', (results) => ranged(figuresOf(results).notified.p99, 1)],
  ['post → fetched by all, p50 ms', (results) => ranged(figuresOf(results).fetchedByAll.p50, 1)],
  ['post → fetched by all, p99 ms', (results) => ranged(figuresOf(results).fetchedByAll.p99, 1)],
  ...coreRows<RoomsRepetition>((results) => figuresOf(results).cores),
];

const TITLES: Record<PlanName, string> = {
  hot: `One conversation, ${UNDER_WAY} messages under way`,
  spread: `${UNDER_WAY} conversations, a message under way in each`,
  smallAllLooking: `${USERS / SMALL} rooms of ${SMALL}, ${SMALL_UNDER_WAY} messages under way in each, all looking`,
  smallFewLooking: `${USERS / SMALL} rooms of ${SMALL}, ${SMALL_UNDER_WAY} messages under way in each, one in ten looking`,
  largeFewLooking: `A room of ${CROWD_SIZE}, ${FEW} looking`,
  largeAllLooking: `A room of ${CROWD_SIZE}, all looking`,
};

export const ROOMS_SECTIONS: readonly Section<RoomsRepetition>[] = [
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
    (name): Section<RoomsRepetition> => [TITLES[name], rowsOf(({ figures }) => figures[name])],
  ),
  ...(['smallAllLooking', 'smallFewLooking'] as const).map(
    (name): Section<RoomsRepetition> => [
      `Peer: Socket.IO with an insert, ${TITLES[name]}`,
      rowsOf(({ peer }) => peer[name]),
    ],
  ),
];
