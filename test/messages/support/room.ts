import type { TestUser } from '../../support/http.ts';

type Role = 'owner' | 'moderator' | 'member';

/** Id of a private room of these users, the first of whom is its owner. */
export async function openRoom(
  [owner, ...others]: readonly [TestUser, ...TestUser[]],
  roles: Readonly<Record<string, Role>> = {},
): Promise<string> {
  const members = others.map(({ username }) => username);
  const id = await owner.createRoom('A room', { visibility: 'private', members });
  for (const [username, role] of Object.entries(roles)) {
    const { status } = await owner.put(`/conversations/${id}/members/${username}`, {
      json: { role },
    });
    if (status >= 300) throw new Error(`${username} as ${role}: ${status}`);
  }
  return id;
}
