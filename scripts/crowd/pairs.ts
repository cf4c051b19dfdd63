import { Backoff } from '../../src/client/backoff.ts';
import { isTransient, retryAfterOf } from '../../src/client/errors.ts';
import { Doorbell, memoryTokenStore, type StoredTokens } from '../../src/client/index.ts';
import { inBatches } from '../bench/in-batches.ts';
import type { Seats } from './orders.ts';

/** Requests; enough to keep the server's password hashing busy. */
const AT_ONCE = 4;
const PASSWORD = 'one of a crowd of many';

/** Two users and their direct conversation. */
export interface Pair {
  conversationId: string;
  users: readonly [StoredTokens, StoredTokens];
  /** Resolves to the message's sequence; repeats with one key, by the SDK's waits, until it is acknowledged. */
  post(body: string): Promise<number>;
}

export const signUpPairs = (port: number, count: number): Promise<Pair[]> =>
  inBatches(Array.from({ length: count }), AT_ONCE, (_, pair) => signUpPair(port, pair));

/** Each of the two makes an account, which signs in. `pair` tells them from the others. */
export async function signUpPair(port: number, pair: number): Promise<Pair> {
  const url = `http://127.0.0.1:${port}`;
  const one = await signUp(url, `crowd.${pair}.one`);
  const other = await signUp(url, `crowd.${pair}.other`);
  const { id } = await one.client.api.openDirect(other.tokens.user.username);
  return {
    conversationId: id,
    users: [one.tokens, other.tokens],
    post: (body) => postUntilAcknowledged(one.client, id, body),
  };
}

/** So many sockets in equal parts for all users, each at least one. */
export const seatsFor = (pairs: readonly Pair[], sockets: number): Seats[] =>
  pairs.flatMap(({ conversationId, users }, pair) =>
    users.map((tokens, user) => ({
      tokens,
      conversationId,
      count: Math.floor((sockets + 2 * pair + user) / (2 * pairs.length)),
    })),
  );

async function signUp(url: string, username: string) {
  const store = memoryTokenStore();
  const client = new Doorbell({ url, tokens: store });
  await client.register({ username, email: `${username}@example.org`, password: PASSWORD });
  const tokens = await store.load();
  if (!tokens) throw new Error(`${username} is not signed in`);
  return { client, tokens };
}

async function postUntilAcknowledged({ api }: Doorbell, id: string, body: string): Promise<number> {
  const key = crypto.randomUUID();
  const backoff = new Backoff();
  for (;;) {
    try {
      const { sequence } = await api.postMessage(id, key, { body });
      return sequence;
    } catch (error) {
      if (!isTransient(error)) throw error;
      await backoff.wait(retryAfterOf(error));
    }
  }
}
