import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random, randomOf } from '../seed/random.ts';
import type { Attempt } from './ledger.ts';
import type { Person } from './person.ts';
import { askOne, postByClient, postByHand } from './posting.ts';

/** Posts under way at once, of each person. */
const HANDS = 8;
/** At most, in milliseconds, between two posts of one hand. */
const LONGEST_PAUSE = 20;
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
  revisions: [],
});

/** In every body, so that it is known wherever it turns up. */
const tokenOf = (conversationId: string, key: string): string =>
  `said in ${conversationId}, ${key};`;
const TOKEN = /said in (\d+), ([\w.-]+);/g;

/** What of which conversations is in this text: the keys under which it was posted. */
export const saidIn = (text: string): { conversationId: string; key: string }[] =>
  [...text.matchAll(TOKEN)].map(([, conversationId = '', key = '']) => ({ conversationId, key }));
