import { type ReadonlySignal, signal } from '@preact/signals';
import type { User } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';
import type { Page } from '../parts/paged-list.ts';

const PAGE = 100;

const blocked = signal<ReadonlySet<string>>(new Set());
let finding: Promise<void> | undefined;
/** Whether anything shows it. */
let isAsked = false;
/** Counts what makes the answers void that are on their way: another user, a change, or a later question. */
let round = 0;
atSignOut(() => {
  round += 1;
  isAsked = false;
  finding = undefined;
  blocked.value = new Set();
});
// What is done on another device is rung with one's own name; while this one was away it may have missed that.
doorbell.on('user', (username) => {
  if (username === doorbell.me?.username) findAgain();
});
doorbell.on('synced', findAgain);

/** All who are known to be, see findBlocked(). */
export const blockedUsernames: ReadonlySignal<ReadonlySet<string>> = blocked;

/** Whether one has blocked somebody, as far as is known; see findBlocked(). */
export const isBlocked = (username: string): boolean => blocked.value.has(username);

/** Asks who all is blocked, for the server does not say it of each, and from then on keeps to that. Again where that failed. */
export function findBlocked(): Promise<void> {
  isAsked = true;
  if (finding) return finding;
  const begun = findAll().catch(() => {
    if (finding === begun) finding = undefined;
  });
  finding = begun;
  return begun;
}

function findAgain(): void {
  if (!isAsked) return;
  round += 1;
  finding = undefined;
  void findBlocked();
}

async function findAll(): Promise<void> {
  const asked = round;
  const usernames = new Set<string>();
  let after: string | undefined;
  do {
    const { items, next } = await listBlocked(after);
    for (const { username } of items) usernames.add(username);
    after = next ?? undefined;
  } while (after !== undefined);
  if (asked === round) blocked.value = usernames;
}

/** One page of them. */
export async function listBlocked(after?: string): Promise<Page<User>> {
  const query = after === undefined ? { limit: PAGE } : { limit: PAGE, after };
  const { users, hasMore, next } = await doorbell.api.listBlocked(query);
  return { items: users, next: hasMore ? next : null };
}

export async function setBlocked(username: string, isToBe: boolean): Promise<void> {
  await findBlocked();
  await (isToBe ? doorbell.api.block(username) : doorbell.api.unblock(username));
  // What is on its way may be older than this; for what is not, the server rings.
  round += 1;
  const others = [...blocked.peek()].filter((one) => one !== username);
  blocked.value = new Set(isToBe ? [...others, username] : others);
}
