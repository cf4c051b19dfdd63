import { setTimeout as sleep } from 'node:timers/promises';
import { TEXT } from './conversation.ts';
import { inBatches } from './in-batches.ts';
import { type Percentiles, percentilesOf } from './statistics.ts';
import { errorCounts, type Load, type Talkers } from './talk.ts';
import { User } from './user.ts';
import { measureWindow, type Used } from './window.ts';

export interface Flood extends Load {
  /** Posts in a second, whatever becomes of them. */
  rate: number;
}

export interface FloodFigures extends Used {
  /** A second, within the window: posts that were sent, those that were refused by a 503 … */
  posts: number;
  refused: number;
  /** … and messages that were stored, rung for, fetched and found right. */
  delivered: number;
  /** From the post. */
  fetched: Percentiles;
  /** Of posts that were refused. */
  refusal: Percentiles;
}

export interface Flooded {
  figures: FloodFigures;
  errors: Record<string, number>;
}

/** Milliseconds between two bursts. */
const STEP = 5;
/** Posts without an answer; more of them, and the generator has not what a crowd has. */
const MAX_UNANSWERED = 5_000;
/** Milliseconds after which a client that was refused fetches again: the least that Retry-After says. */
const RETRY_AFTER = 1_000;
const ATTEMPTS = 5;

/** An open loop: as a crowd that does not know of each other goes on, however busy the server is. */
export async function flood(load: Flood): Promise<Flooded> {
  const { errors, countError } = errorCounts();
  const users = await inBatches(load.users, 100, (token) => open(load.port, token, countError));
  const counts = { posts: 0, refused: 0 };
  const fetched: number[] = [];
  const refusal: number[] = [];
  const window = { isOpen: false };

  async function fetchRung(recipient: User, id: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, body } = await recipient.fetch(id);
      if (status === 503 && attempt < ATTEMPTS) await sleep(RETRY_AFTER);
      else if (status !== 200) throw new Error(`GET was answered ${status}`);
      else return arrived(JSON.parse(body).body);
    }
  }

  function arrived(body: string): void {
    const [postedAt, ...text] = body.split(' ');
    if (text.join(' ') !== TEXT) countError('the fetched body differs from the posted one');
    if (window.isOpen) fetched.push(performance.now() - Number(postedAt));
  }

  async function post({ id, users: [one] }: Talkers['conversations'][number]): Promise<void> {
    const startedAt = performance.now();
    const { status } = await userAt(users, one).post(
      id,
      crypto.randomUUID(),
      `${startedAt} ${TEXT}`,
    );
    if (status !== 201 && status !== 503) throw new Error(`POST was answered ${status}`);
    if (!window.isOpen || status === 201) return;
    counts.refused += 1;
    refusal.push(performance.now() - startedAt);
  }

  const recipients = new Map(load.conversations.map(({ id, users: [, other] }) => [id, other]));
  for (const [index, user] of users.entries()) {
    user.onRing = (id) => {
      const [conversationId = ''] = id.split('-');
      if (recipients.get(conversationId) !== index) return;
      fetchRung(user, id).catch((error) => countError(error.message));
    };
  }

  let ended = false;
  const flooding = (async () => {
    let unanswered = 0;
    let due = 0;
    let last = performance.now();
    for (let next = 0; !ended; await sleep(STEP)) {
      const now = performance.now();
      due += ((now - last) * load.rate) / 1_000;
      last = now;
      for (; due >= 1; due -= 1) {
        const conversation = load.conversations[next++ % load.conversations.length];
        if (!conversation || unanswered >= MAX_UNANSWERED) continue;
        unanswered += 1;
        if (window.isOpen) counts.posts += 1;
        post(conversation)
          .catch((error) => countError(error.message))
          .finally(() => {
            unanswered -= 1;
          });
      }
    }
  })();

  const { seconds, ...used } = await measureWindow(load, window);
  ended = true;
  await flooding;
  await sleep(RETRY_AFTER);
  for (const user of users) user.close();
  return {
    figures: {
      posts: counts.posts / seconds,
      refused: counts.refused / seconds,
      delivered: fetched.length / seconds,
      fetched: percentilesOf(fetched),
      refusal: percentilesOf(refusal),
      ...used,
    },
    errors,
  };
}

/** After a flood before this one, a socket may be refused for a while. */
async function open(port: number, token: string, onTrouble: (trouble: string) => void) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await User.open(port, token, onTrouble);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(RETRY_AFTER);
    }
  }
}

function userAt(users: readonly User[], index: number): User {
  const user = users[index];
  if (!user) throw new Error(`there is no user ${index}`);
  return user;
}
