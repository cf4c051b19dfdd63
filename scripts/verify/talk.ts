import { setTimeout as sleep } from 'node:timers/promises';
import { DoorbellError } from '../../src/client/index.ts';
import { pick, type Random, randomOf } from '../seed/random.ts';
import type { Attempt } from './ledger.ts';
import type { Person } from './person.ts';

/** Posts under way at once, of each person. */
const HANDS = 8;
/** At most, in milliseconds, between two posts of one hand. */
const LONGEST_PAUSE = { talk: 20, whisper: 4_000 };
/** Of the posts that got no answer, those that nobody repeats: what became of them must not matter. */
const GIVEN_UP = 0.1;
/** Of the acknowledged ones, those that are repeated once more, to see the same answer. */
const REPEATED = 1 / 3;
/** What a body must come back with, to the byte. */
const TAILS = [
  '',
  '  \t inner  spaces',
  ' é·é',
  ' 👩‍👩‍👧 𝄞',
  ' שלום ‮x‬',
  ` ${'long '.repeat(60)}end`,
];

/** What is said, and how much. */
export interface Talk {
  attempts: readonly Attempt[];
  talk(): void;
  /** Little, and nobody repeats what got no answer. */
  whisper(): void;
  /** Nothing new; what is under way is repeated until there is an answer. */
  hush(): void;
  /** Resolves when no post is under way; only after hush(). */
  silent(): Promise<void>;
  /** Resolves when all hands rest for good. What is still repeated is given up. */
  stop(): Promise<void>;
}

/** `conversations` by id, with their members, of whom each says something again and again. */
export function startTalk(
  people: readonly Person[],
  conversations: ReadonlyMap<string, readonly Person[]>,
  seed: number,
): Talk {
  const attempts: Attempt[] = [];
  const [ended, givenUp] = [new AbortController(), new AbortController()];
  let tone: 'talk' | 'whisper' | 'hush' = 'talk';
  let turn = Promise.withResolvers<void>();
  let underWay = 0;

  /** Everybody looks up: whoever was silent may speak again. */
  function change(to: typeof tone): void {
    tone = to;
    turn.resolve();
    turn = Promise.withResolvers();
  }

  async function hand(person: Person, number: number): Promise<void> {
    const random = randomOf(person.username, seed, number);
    const own = [...conversations].filter(([, members]) => members.includes(person));
    for (let n = 1; !ended.signal.aborted; n += 1) {
      await sleep(random() * LONGEST_PAUSE[tone === 'talk' ? 'talk' : 'whisper']);
      // A whisper is a request by hand: the client's own way repeats.
      while (tone === 'hush' || (tone === 'whisper' && number === 0)) await turn.promise;
      if (ended.signal.aborted) return;
      const [conversationId] = pick(random, own);
      const attempt = attemptOf(
        person,
        conversationId,
        `${person.username}.${number}.${n}`,
        random,
      );
      attempts.push(attempt);
      underWay += 1;
      await (number === 0
        ? postByClient(person, attempt, givenUp.signal)
        : postByHand(person, attempt, { random, signal: givenUp.signal, isOnce: tone !== 'talk' }));
      underWay -= 1;
    }
  }

  const hands = people.flatMap((person) =>
    Array.from({ length: HANDS }, (_, number) => hand(person, number)),
  );
  return {
    attempts,
    talk: () => change('talk'),
    whisper: () => change('whisper'),
    hush: () => change('hush'),
    async silent() {
      while (underWay > 0) await sleep(20);
    },
    async stop() {
      ended.abort();
      givenUp.abort();
      change('talk');
      await Promise.all(hands);
    },
  };
}

const attemptOf = (
  { username }: Person,
  conversationId: string,
  key: string,
  random: Random,
): Attempt => ({
  body: `${tokenOf(conversationId, key)}${pick(random, TAILS)}`,
  conversationId,
  sender: username,
  key,
  sentAt: performance.now(),
  outcome: 'unknown',
  acknowledged: [],
  tries: [],
});

/** In every body, so that it is known wherever it turns up. */
const tokenOf = (conversationId: string, key: string): string =>
  `said in ${conversationId}, ${key};`;
const TOKEN = /said in (\d+), [\w.-]+;/g;

/** The conversations of which something is in this text. */
export const conversationsIn = (text: string): Set<string> =>
  new Set([...text.matchAll(TOKEN)].map(([, id = '']) => id));

/** The client's own way: its outbox repeats, in order, until there is an answer. */
async function postByClient(
  { client }: Person,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  const { conversationId, body, key } = attempt;
  const givenUp = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('given up'))),
  );
  const posted = client.post(conversationId, body, { key });
  await ask(attempt, 'its client', () => Promise.race([posted, givenUp]));
}

/** Posts one message at any process and repeats it by its key, at any other, until somebody answers. */
async function postByHand(
  { callers }: Person,
  attempt: Attempt,
  { random, signal, isOnce }: { random: Random; signal: AbortSignal; isOnce: boolean },
): Promise<void> {
  const { conversationId, body, key } = attempt;
  const isGivenUp = random() < GIVEN_UP || isOnce;
  const askAnyone = () => {
    const { url, doorbell } = pick(random, callers);
    return ask(attempt, url, () => doorbell.api.postMessage(conversationId, key, { body }));
  };
  while ((await askAnyone()) === 'unknown' && !isGivenUp && !signal.aborted) {
    await sleep(100 + random() * 200);
  }
  if (attempt.outcome === 'ok' && random() < REPEATED) await askAnyone();
}

/** Writes down that somebody is asked, and what becomes of it. */
async function ask(
  attempt: Attempt,
  via: string,
  call: () => Promise<{ id: string; sequence: number }>,
): Promise<Attempt['outcome']> {
  const isFirst = attempt.tries.length === 0;
  const one = { at: performance.now(), via, answer: '' };
  attempt.tries.push(one);
  try {
    const { id, sequence } = await call();
    attempt.acknowledgedAt ??= performance.now();
    attempt.acknowledged.push({ id, sequence });
    attempt.outcome = 'ok';
    one.answer = id;
    return 'ok';
  } catch (error) {
    one.answer = error instanceof DoorbellError ? `${error.status} ${error.code}` : String(error);
    if (!isRefusal(error)) return 'unknown';
    // Whatever an earlier request without an answer may have done, this refusal did not undo.
    if (isFirst) attempt.outcome = 'failed';
    return 'failed';
  }
}

/** Surely not stored, and not worth a repeat. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DoorbellError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 429;
