import { setTimeout as sleep } from 'node:timers/promises';
import { Conversation, type Delivery } from './conversation.ts';
import { inBatches } from './in-batches.ts';
import { SocketIoUser } from './socket-io-user.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';
import type { Talker } from './talker.ts';
import { User } from './user.ts';
import { measureWindow, type Used } from './window.ts';

/** Users who are signed in, and who of them talk with each other. */
export interface Talkers {
  /** Access tokens; the socket of each is open, whether there is anybody to talk to or not. */
  users: readonly string[];
  /** Users by their index. */
  conversations: readonly { id: string; users: readonly [number, number] }[];
}

export interface Load extends Talkers {
  /** What the server speaks; Doorbell's by default. */
  protocol?: 'socket.io';
  /** Of the server, on 127.0.0.1. */
  port: number;
  warmUpSeconds: number;
  seconds: number;
  /** Processes whose use of the machine is told, by name. */
  pids: Readonly<Record<string, number>>;
}

export interface Figures extends Used {
  /** Messages that were posted, answered, rung for, fetched and found right within the window. */
  perSecond: number;
  posted: Percentiles;
  notified: Percentiles;
  fetched: Percentiles;
}

export interface Talked {
  figures: Figures;
  /** How often each error happened, in the warm-up too. */
  errors: Record<string, number>;
}

/** Milliseconds, so that a server that refuses everything is not asked a million times. */
const PAUSE_AFTER_ERROR = 100;

export function errorCounts() {
  const errors: Record<string, number> = {};
  const countError = (message: string): void => {
    errors[message] = (errors[message] ?? 0) + 1;
  };
  return { errors, countError };
}

/** A closed loop: every conversation has one message under way, and the next follows when it has arrived. */
export async function talk(load: Load): Promise<Talked> {
  const { errors, countError } = errorCounts();
  const { open } = load.protocol === 'socket.io' ? SocketIoUser : User;
  const users = await inBatches<string, Talker>(load.users, 100, (token) =>
    open(load.port, token, countError),
  );
  const userAt = (index: number): Talker => {
    const user = users[index];
    if (!user) throw new Error(`there is no user ${index}`);
    return user;
  };

  const window = { isOpen: false };
  let ended = false;
  const deliveries: Delivery[] = [];
  const loops = load.conversations.map(async ({ id, users: [one, other] }) => {
    const conversation = new Conversation(id, [userAt(one), userAt(other)]);
    while (!ended) {
      try {
        const delivery = await conversation.deliverNext();
        if (window.isOpen) deliveries.push(delivery);
      } catch (error) {
        countError(error instanceof Error ? error.message : String(error));
        await sleep(PAUSE_AFTER_ERROR);
      }
    }
  });

  const { seconds, ...used } = await measureWindow(load, window);
  ended = true;
  await Promise.all(loops);
  for (const user of users) user.close();

  const percentiles = (stage: keyof Delivery) =>
    percentilesOf(deliveries.map((delivery) => delivery[stage]));
  return {
    figures: {
      perSecond: deliveries.length / seconds,
      posted: percentiles('posted'),
      notified: percentiles('notified'),
      fetched: percentiles('fetched'),
      ...used,
    },
    errors,
  };
}
