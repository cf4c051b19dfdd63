import { signal } from '@preact/signals';
import { atSignOut, doorbell } from '../doorbell.ts';

interface Named {
  username: string;
  displayName: string;
}

const names = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();
atSignOut(() => {
  names.value = new Map();
  asked.clear();
});

/** How somebody is called; by the username until that is known. */
export const nameOf = (username: string): string => names.value.get(username) ?? username;

export function learnNames(people: readonly Named[]): void {
  const news = people.filter(({ username, displayName }) => {
    return names.peek().get(username) !== displayName;
  });
  if (news.length === 0) return;
  const learned = news.map(({ username, displayName }): [string, string] => [
    username,
    displayName,
  ]);
  names.value = new Map([...names.peek(), ...learned]);
}

/** Asks for those that are not known, once. */
export function findNames(usernames: Iterable<string>): void {
  for (const username of usernames) {
    if (names.peek().has(username) || asked.has(username)) continue;
    asked.add(username);
    // Whoever is gone keeps the username for a name.
    doorbell.api.getUser(username).then(
      (user) => learnNames([user]),
      () => {},
    );
  }
}
