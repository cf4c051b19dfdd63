import { setTimeout as sleep } from 'node:timers/promises';
import { TEXT } from './conversation.ts';
import { inBatches } from './in-batches.ts';
import { SocketIoUser } from './socket-io-user.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';
import { errorCounts, type Load } from './talk.ts';
import type { Talker } from './talker.ts';
import { User } from './user.ts';
import { measureWindow, type Used } from './window.ts';

/** Users by their index. */
export interface Room {
  id: string;
  members: readonly number[];
  /** Who says something, each when all have read what they said last; one may be here several times. */
  posters: readonly number[];
  /** Who has the room on the screen and fetches as the SDK does; none of the posters, who have it from its answer. */
  looking: readonly number[];
}

export interface Gathering extends Omit<Load, 'conversations'> {
  rooms: readonly Room[];
}

export interface GatheringFigures extends Used {
  /** Messages that all who look have fetched and found right, and fetches, within the window. */
  perSecond: number;
  fetchesPerSecond: number;
  /** From the post: to its answer, to each member's ring, and to the last of those who look. */
  posted: Percentiles;
  notified: Percentiles;
  fetchedByAll: Percentiles;
}

interface UnderWay {
  /** How many have still to fetch it. */
  awaited: number;
  fetchedByAll(): void;
}

/** Milliseconds after which a message that somebody has not fetched counts as lost. */
const TIMEOUT = 10_000;
const PAUSE_AFTER_ERROR = 100;

/** A closed loop over rooms, in which many hear of the same message at once. */
export async function gatherInRooms(load: Gathering) {
  const { errors, countError } = errorCounts();
  const { open } = load.protocol === 'socket.io' ? SocketIoUser : User;
  const users = await inBatches<string, Talker>(load.users, 100, (token) =>
    open(load.port, token, countError),
  );
  const window = { isOpen: false };
  const underWay = new Map<string, UnderWay>();
  /** When each message rang, until its post is answered. */
  const rings = new Map<string, number[]>();
  const figures = {
    posted: [] as number[],
    notified: [] as number[],
    fetchedByAll: [] as number[],
    fetches: 0,
  };

  function read(bodies: readonly string[]): void {
    if (window.isOpen) figures.fetches += 1;
    for (const body of bodies) {
      const [token = '', ...text] = body.split(' ');
      if (text.join(' ') !== TEXT) countError('the fetched body differs from the posted one');
      const message = underWay.get(token);
      if (!message) continue;
      message.awaited -= 1;
      if (message.awaited === 0) message.fetchedByAll();
    }
  }

  const looking = new Set(load.rooms.flatMap((room) => room.looking));
  for (const [index, user] of users.entries()) {
    user.onRing = (id) => {
      const known = rings.get(id) ?? [];
      rings.set(id, known);
      known.push(performance.now());
    };
    if (looking.has(index)) user.look(read);
  }

  async function say(room: Room, poster: number): Promise<void> {
    const user = users[poster];
    if (!user) throw new Error(`there is no user ${poster}`);
    const token = crypto.randomUUID();
    const startedAt = performance.now();
    const done = new Promise<void>((resolve, reject) => {
      const lost = setTimeout(reject, TIMEOUT, new Error('somebody has not fetched a message'));
      const fetchedByAll = () => {
        clearTimeout(lost);
        resolve();
      };
      underWay.set(token, { awaited: room.looking.length, fetchedByAll });
    });
    const [{ status, body }] = await Promise.all([
      user.post(room.id, token, `${token} ${TEXT}`).then((answer) => {
        if (window.isOpen) figures.posted.push(performance.now() - startedAt);
        return answer;
      }),
      done,
    ]);
    underWay.delete(token);
    if (status !== 201) throw new Error(`POST was answered ${status}`);
    const { id } = JSON.parse(body);
    if (window.isOpen) {
      figures.fetchedByAll.push(performance.now() - startedAt);
      for (const at of rings.get(id) ?? []) figures.notified.push(at - startedAt);
    }
    rings.delete(id);
  }

  let ended = false;
  const loops = load.rooms.flatMap((room) =>
    room.posters.map(async (poster) => {
      while (!ended) {
        await say(room, poster).catch(async (error) => {
          countError(error.message);
          await sleep(PAUSE_AFTER_ERROR);
        });
      }
    }),
  );
  const { seconds, ...used } = await measureWindow(load, window);
  ended = true;
  await Promise.all(loops);
  for (const user of users) user.close();
  const result: GatheringFigures = {
    perSecond: figures.fetchedByAll.length / seconds,
    fetchesPerSecond: figures.fetches / seconds,
    posted: percentilesOf(figures.posted),
    notified: percentilesOf(figures.notified),
    fetchedByAll: percentilesOf(figures.fetchedByAll),
    ...used,
  };
  return { figures: result, errors };
}
