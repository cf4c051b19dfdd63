import { signal } from '@preact/signals';
import type { User } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';
import type { Page } from '../parts/paged-list.ts';

const PAGE = 100;

const blocked = signal<ReadonlySet<string>>(new Set());
let finding: Promise<void> | undefined;
/** Counts those who were signed in: what is answered to one is not for the next. */
let round = 0;
atSignOut(() => {
  round += 1;
  finding = undefined;
  blocked.value = new Set();
});

/** Whether one has blocked somebody, as far as is known; see findBlocked(). */
export const isBlocked = (username: string): boolean => blocked.value.has(username);

/** Asks once who all is blocked, for the server does not say it of each. Again where that failed. */
export function findBlocked(): Promise<void> {
  finding ??= findAll().catch(() => {
    finding = undefined;
  });
  return finding;
}

async function findAll(after?: string): Promise<void> {
  const { next } = await listBlocked(after);
  if (next !== null) await findAll(next);
}

/** One page of them. */
export async function listBlocked(after?: string): Promise<Page<User>> {
  const asked = round;
  const query = after === undefined ? { limit: PAGE } : { limit: PAGE, after };
  const { users, hasMore, next } = await doorbell.api.listBlocked(query);
  if (asked === round)
    mark(
      users.map(({ username }) => username),
      true,
    );
  return { items: users, next: hasMore ? next : null };
}

export async function setBlocked(username: string, isToBe: boolean): Promise<void> {
  // What is on its way would be older than the answer to this.
  await findBlocked();
  await (isToBe ? doorbell.api.block(username) : doorbell.api.unblock(username));
  mark([username], isToBe);
}

function mark(usernames: readonly string[], isToBe: boolean): void {
  const others = [...blocked.peek()].filter((one) => !usernames.includes(one));
  blocked.value = new Set(isToBe ? [...others, ...usernames] : others);
}
