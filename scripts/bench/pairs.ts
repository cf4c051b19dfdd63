/**
 * The two users, by index, of the nth direct conversation. Each round of users/2 conversations has
 * everybody once, and no two of users²/4 conversations have the same pair.
 */
export function pairOf(conversation: number, users: number): [number, number] {
  const round = Math.floor((2 * conversation) / users);
  const even = (2 * conversation) % users;
  return [even, (even + 1 + 2 * round) % users];
}

export const maxConversations = (users: number): number => (users * users) / 4;
