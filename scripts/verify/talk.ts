import { setTimeout as sleep } from 'node:timers/promises';
import { Doorbell, DoorbellError } from '../../src/client/index.ts';
import type { Attempt, Reading } from './ledger.ts';

/** One user: a client that keeps up, and hands that post. */
export interface Person {
  username: string;
  client: Doorbell;
}

const PASSWORD = 'verified by its own ledger';
const REQUEST_TIMEOUT = 5_000;

/** Spread over the processes at these addresses. */
export async function joinPeople(urls: readonly string[], count: number): Promise<Person[]> {
  const run = Date.now().toString(36);
  const people: Person[] = [];
  for (let n = 1; n <= count; n += 1) {
    const username = `verify.${run}.${n}`;
    const url = urls[n % urls.length] ?? '';
    const client = new Doorbell({ url, timeoutMilliseconds: REQUEST_TIMEOUT });
    await client.register({ username, email: `${username}@example.org`, password: PASSWORD });
    await client.connect();
    people.push({ username, client });
  }
  return people;
}

/**
 * Posts one message and repeats it by its key until it is acknowledged or refused, or until
 * `signal` aborts; a third of the acknowledged ones once more, to see the same answer.
 */
export async function post(
  { client }: Person,
  attempt: Attempt,
  repeatOnceMore: boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && attempt.outcome === 'unknown') {
    await tryOnce(client, attempt);
    if (attempt.outcome === 'unknown') await sleep(100 + Math.random() * 200);
  }
  if (repeatOnceMore && attempt.outcome === 'acknowledged') await tryOnce(client, attempt);
}

async function tryOnce(client: Doorbell, attempt: Attempt): Promise<void> {
  const { conversationId, key, body } = attempt;
  try {
    const { id, sequence } = await client.api.postMessage(conversationId, key, { body });
    attempt.acknowledgedAt ??= performance.now();
    attempt.acknowledged.push({ id, sequence });
    attempt.outcome = 'acknowledged';
  } catch (error) {
    const isRefused =
      error instanceof DoorbellError &&
      error.status >= 400 &&
      error.status < 500 &&
      error.status !== 429;
    if (isRefused && attempt.outcome === 'unknown') attempt.outcome = 'refused';
  }
}

/** What a person's client has come to hold by itself, and what the same person reads afresh. */
export async function readAll({ username, client }: Person, id: string): Promise<Reading[]> {
  await client.loadLast(id);
  while (client.hasOlder(id)) await client.loadOlder(id);
  const afresh = [];
  for (let after = 0; ; after = afresh.length) {
    const page = await client.api.listMessages(id, { after, limit: 100 });
    afresh.push(...page.messages);
    if (!page.hasAfter) break;
  }
  return [
    { reader: `${username}, held`, conversationId: id, messages: client.messages(id) },
    { reader: `${username}, afresh`, conversationId: id, messages: afresh },
  ];
}
