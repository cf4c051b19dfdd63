import { setTimeout as sleep } from 'node:timers/promises';
import { DoorbellError } from '../../src/client/index.ts';
import { pick, type Random, randomOf } from '../seed/random.ts';
import type { Attempt } from './ledger.ts';
import type { Caller, Person } from './person.ts';

/** Posts under way at once, of each person. */
const HANDS = 8;
/** At most, in milliseconds, between two posts of one hand. */
const LONGEST_PAUSE = 20;
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
  /** Nothing new; what is under way is repeated until there is an answer. */
  hush(): void;
  /** Resolves when no post is under way; only after hush(). */
  silent(): Promise<void>;
  /** One message in each conversation, at this process or at any, asked for once and never again. */
  sayLastWords(url?: string): Promise<void>;
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
  let isHushed = false;
  let turn = Promise.withResolvers<void>();
  let underWay = 0;
  let lastWords = 0;

  async function hand(person: Person, number: number): Promise<void> {
    const random = randomOf(person.username, seed, number);
    const own = [...conversations].filter(([, members]) => members.includes(person));
    for (let n = 1; !ended.signal.aborted; n += 1) {
      await sleep(random() * LONGEST_PAUSE);
      while (isHushed) await turn.promise;
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
        : postByHand(person, attempt, random, givenUp.signal));
      underWay -= 1;
    }
  }

  const hands = people.flatMap((person) =>
    Array.from({ length: HANDS }, (_, number) => hand(person, number)),
  );
  return {
    attempts,
    talk() {
      isHushed = false;
      turn.resolve();
    },
    hush() {
      if (isHushed) return;
      isHushed = true;
      turn = Promise.withResolvers();
    },
    async silent() {
      while (underWay > 0) await sleep(20);
    },
    async sayLastWords(url) {
      lastWords += 1;
      const words = [...conversations].map(async ([conversationId, members], index) => {
        const random = randomOf('last words', seed, lastWords, index);
        const person = pick(random, members);
        const key = `${person.username}.last.${lastWords}`;
        const attempt = attemptOf(person, conversationId, key, random);
        attempts.push(attempt);
        const callers = person.callers.filter((caller) => url === undefined || caller.url === url);
        await askOne(attempt, pick(random, callers));
      });
      await Promise.all(words);
    },
    async stop() {
      ended.abort();
      givenUp.abort();
      this.talk();
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
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const isGivenUp = random() < GIVEN_UP;
  const askAnyone = () => askOne(attempt, pick(random, callers));
  while ((await askAnyone()) === 'unknown' && !isGivenUp && !signal.aborted) {
    await sleep(100 + random() * 200);
  }
  if (attempt.outcome === 'ok' && random() < REPEATED) await askAnyone();
}

const askOne = (attempt: Attempt, { url, doorbell }: Caller): Promise<Attempt['outcome']> => {
  const { conversationId, key, body } = attempt;
  return ask(attempt, url, () => doorbell.api.postMessage(conversationId, key, { body }));
};

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
