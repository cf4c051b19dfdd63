import { setTimeout as sleep } from 'node:timers/promises';
import { DoorbellError } from '../../src/client/index.ts';
import { pick, type Random } from '../seed/random.ts';
import type { Attempt, Revision } from './ledger.ts';
import type { Caller, Person } from './person.ts';

/** Of the posts that got no answer, those that nobody repeats: what became of them must not matter. */
const GIVEN_UP = 0.1;
/** Of the acknowledged ones, those that are repeated once more, to see the same answer. */
const REPEATED = 1 / 3;
/** Of the acknowledged ones, those that are edited, and those that are then deleted. */
const EDITED = 0.08;
const DELETED = 0.05;

/** The client's own way: its outbox repeats, in order, until there is an answer. */
export async function postByClient(
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
export async function postByHand(
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
  const [id] = attempt.acknowledged.map((message) => message.id);
  if (id === undefined) return;
  const revise = (body: string | null) =>
    untilAnswered(attempt, id, body, () => pick(random, callers), signal);
  if (random() < EDITED) await revise(`${attempt.body} (edited)`);
  if (random() < DELETED) await revise(null);
}

/** Changes a message, or deletes it, at any process, until somebody answers. */
async function untilAnswered(
  { revisions, tries }: Attempt,
  id: string,
  body: string | null,
  anyone: () => Caller,
  signal: AbortSignal,
): Promise<void> {
  const revision: Revision = { body, outcome: 'unknown' };
  revisions.push(revision);
  while (revision.outcome === 'unknown' && !signal.aborted) {
    const { url, doorbell } = anyone();
    const one = { at: performance.now(), via: url, answer: '' };
    tries.push(one);
    try {
      await (body === null ? doorbell.api.deleteMessage(id) : doorbell.api.editMessage(id, body));
      revision.outcome = 'ok';
      one.answer = body === null ? 'deleted' : 'edited';
    } catch (error) {
      one.answer = describe(error);
      if (isRefusal(error)) revision.outcome = 'failed';
      else await sleep(100);
    }
  }
}

/** Asks one process, once. */
export const askOne = (
  attempt: Attempt,
  { url, doorbell }: Caller,
): Promise<Attempt['outcome']> => {
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
    one.answer = describe(error);
    if (!isRefusal(error)) return 'unknown';
    // Whatever an earlier request without an answer may have done, this refusal did not undo.
    if (isFirst) attempt.outcome = 'failed';
    return 'failed';
  }
}

const describe = (error: unknown): string =>
  error instanceof DoorbellError ? `${error.status} ${error.code}` : String(error);

/** Surely not stored, and not worth a repeat. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DoorbellError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 429;
