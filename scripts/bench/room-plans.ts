import type { Room } from './gathering.ts';

/** Members of the large room, and those of them who look at it. */
export const CROWD_SIZE = 1_000;
const FEW = 20;
/** Users of the small rooms, and of each. */
const USERS = 200;
export const SMALL = 50;
/** Messages under way in each of the small rooms: in all together as many as when pairs talk. */
const SMALL_UNDER_WAY = 25;
/** Messages under way in the one hot conversation, or in as many conversations. */
const UNDER_WAY = 50;

/** Who is in which room; the id is given by the server. */
export type Plan = readonly Omit<Room, 'id'>[];

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

export const PLANS = {
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

export type PlanName = keyof typeof PLANS;
export const PLAN_NAMES = Object.keys(PLANS) as PlanName[];

export const TITLES: Record<PlanName, string> = {
  hot: `One conversation, ${UNDER_WAY} messages under way`,
  spread: `${UNDER_WAY} conversations, a message under way in each`,
  smallAllLooking: `${USERS / SMALL} rooms of ${SMALL}, ${SMALL_UNDER_WAY} messages under way in each, all looking`,
  smallFewLooking: `${USERS / SMALL} rooms of ${SMALL}, ${SMALL_UNDER_WAY} messages under way in each, one in ten looking`,
  largeFewLooking: `A room of ${CROWD_SIZE}, ${FEW} looking`,
  largeAllLooking: `A room of ${CROWD_SIZE}, all looking`,
};
