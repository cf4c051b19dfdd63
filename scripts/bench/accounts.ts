import { inBatches } from './in-batches.ts';
import { pairOf } from './pairs.ts';
import type { Talkers } from './talk.ts';

/** Requests; enough to keep the server's password hashing busy. */
const AT_ONCE = 8;

/** Makes accounts and opens direct conversations, all over the REST API of a server on 127.0.0.1. */
export async function signUp(
  port: number,
  { users, conversations }: { users: number; conversations: number },
): Promise<Talkers> {
  const api = `http://127.0.0.1:${port}/api/v1`;
  const tokens = await inBatches(Array.from({ length: users }), AT_ONCE, async (_, user) => {
    const account = { username: nameOf(user), email: `${nameOf(user)}@example.org` };
    const { accessToken } = await call<{ accessToken: string }>(`${api}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...account, password: crypto.randomUUID() }),
    });
    return accessToken;
  });
  const opened = await inBatches(
    Array.from({ length: conversations }),
    AT_ONCE,
    async (_, index) => {
      const [one, other] = pairOf(index, users);
      const { id } = await call<{ id: string }>(`${api}/conversations/direct/${nameOf(other)}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${tokens[one]}` },
      });
      return { id, users: [one, other] as const };
    },
  );
  return { users: tokens, conversations: opened };
}

/** Opens a room of the first of these users for all of them; resolves to its id. */
export async function openRoom(
  port: number,
  tokens: readonly string[],
  members: readonly number[],
): Promise<string> {
  const [owner = 0, ...others] = members;
  const { id } = await call<{ id: string }>(`http://127.0.0.1:${port}/api/v1/conversations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens[owner]}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ title: `bench of ${members.length}`, members: others.map(nameOf) }),
  });
  return id;
}

const nameOf = (user: number): string => `bench-${user}`;

/** The same, for the server that has no accounts. */
export const invent = ({
  users,
  conversations,
}: {
  users: number;
  conversations: number;
}): Talkers => ({
  users: Array.from({ length: users }, (_, user) => `bench-${user}`),
  conversations: Array.from({ length: conversations }, (_, index) => ({
    id: String(index + 1),
    users: pairOf(index, users),
  })),
});

async function call<Body>(url: string, init: RequestInit): Promise<Body> {
  const response = await fetch(url, init);
  if (!response.ok)
    throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}
