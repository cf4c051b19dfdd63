import { Doorbell } from '../../src/client/index.ts';
import type { Random } from '../seed/random.ts';
import { type BadNetwork, badNetwork } from './network/bad-network.ts';

/** One user: a device that keeps up by itself, and others that only call. */
export interface Person {
  username: string;
  client: Doorbell;
  /** One for each process, so that any of them may answer; they have no socket. */
  callers: readonly Caller[];
  network: BadNetwork;
}

export interface Caller {
  /** The process. */
  url: string;
  doorbell: Doorbell;
}

/** Shown all that a user ever receives; `startedAt` as for OnText. */
export type OnReceived = (username: string, text: string, what: string, startedAt: number) => void;

const PASSWORD = 'verified by its own ledger';
const REQUEST_TIMEOUT = 5_000;

/** Signs up `username`, at home at the `number`-th process, and signs in at every other. */
export async function signUp(
  urls: readonly string[],
  username: string,
  number: number,
  { random, onReceived }: { random: Random; onReceived: OnReceived },
): Promise<Person> {
  const network = badNetwork(
    random,
    {},
    {
      onText: (text, what, startedAt) => onReceived(username, text, what, startedAt),
    },
  );
  const at = (url: string) =>
    new Doorbell({
      url,
      fetch: network.fetch,
      WebSocket: network.WebSocket,
      timeoutMilliseconds: REQUEST_TIMEOUT,
    });
  const client = at(urls[number % urls.length] ?? '');
  await client.register({ username, email: `${username}@example.org`, password: PASSWORD });
  const callers: Caller[] = [];
  for (const url of urls) {
    const doorbell = at(url);
    await doorbell.login(username, PASSWORD);
    callers.push({ url, doorbell });
  }
  return { username, client, callers, network };
}

export function leave({ client, callers }: Person): void {
  client.close();
  for (const { doorbell } of callers) doorbell.close();
}

/** A further sign-in, to be ended. */
export async function signInAgain({ username }: Person, url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT),
  });
  if (!response.ok) throw new Error(`login: ${response.status}`);
  const { accessToken } = (await response.json()) as { accessToken: string };
  return accessToken;
}
