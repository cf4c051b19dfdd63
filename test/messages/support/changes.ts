import type { TestUser } from '../../support/http.ts';
import { recordBody } from '../../support/recorder.ts';

export function edit(user: TestUser, messageId: string, body: unknown) {
  recordBody(body);
  return user.patch(`/messages/${messageId}`, { json: { body } });
}

export const remove = (user: TestUser, messageId: string) => user.delete(`/messages/${messageId}`);

const reaction = (messageId: string, emoji: string) =>
  `/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`;

export const react = (user: TestUser, messageId: string, emoji: string) =>
  user.put(reaction(messageId, emoji));

export const unreact = (user: TestUser, messageId: string, emoji: string) =>
  user.delete(reaction(messageId, emoji));

/** A message as this user reads it. */
export const read = async (user: TestUser, messageId: string) =>
  (await user.get(`/messages/${messageId}`)).body;

export const repeat = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
