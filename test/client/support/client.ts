import type { Message } from '../../../src/client/index.ts';
import { Doorbell, type DoorbellOptions } from '../../../src/client/index.ts';
import type { Scope } from '../../support/databases.ts';
import { PASSWORD } from '../../support/http.ts';
import { recording } from '../../support/recorder.ts';

/** A client with an account of its own, closed when the test ends. */
export async function newClient(
  t: Scope,
  url: string,
  username: string,
  options: Omit<DoorbellOptions, 'url'> = {},
): Promise<Doorbell> {
  const client = openClient(t, url, options);
  await client.register({ username, email: `${username}@example.org`, password: PASSWORD });
  return client;
}

/** Another device of the same user. */
export async function newDevice(
  t: Scope,
  url: string,
  username: string,
  options: Omit<DoorbellOptions, 'url'> = {},
): Promise<Doorbell> {
  const client = openClient(t, url, options);
  await client.login(username, PASSWORD);
  return client;
}

export function openClient(t: Scope, url: string, options: Omit<DoorbellOptions, 'url'> = {}) {
  const client = new Doorbell({ url, ...recording, ...options });
  t.teardown(() => client.close());
  return client;
}

/** All messages that the client announces, in order. */
export function newsOf(client: Doorbell): Message[] {
  const news: Message[] = [];
  client.on('message', (message) => news.push(message));
  return news;
}

export const bodiesOf = (messages: readonly Message[]): (string | null)[] =>
  messages.map(({ body }) => body);

export const sequencesOf = (messages: readonly Message[]): number[] =>
  messages.map(({ sequence }) => sequence);

/** `first`, `first + 1`, … `last`. */
export const run = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A fetch that counts the calls by method and path, numbers in it left out. */
export function countingFetch() {
  const counts = new Map<string, number>();
  const count: typeof fetch = (input, init) => {
    const path = new URL(String(input)).pathname.replace('/api/v1', '').replace(/\d+/g, '#');
    const call = `${init?.method} ${path}`;
    counts.set(call, (counts.get(call) ?? 0) + 1);
    return fetch(input, init);
  };
  return { fetch: count, of: (call: string): number => counts.get(call) ?? 0 };
}
