import { randomBytes } from 'node:crypto';
import { signUpAdmin } from '../admin/support.ts';
import type { TestApp } from '../support/app.ts';
import { PASSWORD, type TestUser } from '../support/http.ts';
import { newSubscription } from '../support/push-service.ts';
import { readToken, signToken } from '../support/tokens.ts';

/** Whoever has no good token, each with the one that they have. */
export const OUT = ['anonymous', 'expired', 'revoked', 'disabled', 'deleted'] as const;
/** Signed in, and no members. */
export const OUTSIDERS = ['stranger', 'blocked', 'exMember', 'admin'] as const;
export const MEMBERS = ['member', 'rejoined', 'moderator', 'owner'] as const;
type Out = (typeof OUT)[number];
export type Role = (typeof OUTSIDERS | typeof MEMBERS)[number];

export interface Room {
  id: string;
  /** Of the member's message. */
  message: string;
  /** Of a message that was deleted. */
  deleted: string;
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

export async function makeWorld(app: TestApp) {
  const secret = `secret-${randomBytes(8).toString('hex')}`;
  const users = {} as Record<Role, TestUser>;
  for (const role of [...OUTSIDERS, ...MEMBERS])
    users[role] = await (role === 'admin' ? signUpAdmin(app, role) : app.signUp(role));
  const { owner, member, admin } = users;
  await app.signUp('target');
  const gone = await app.signUp('gone');
  const disabled = await app.signUp('disabled');
  const revoked = await app.signUp('revoked');

  await owner.put('/users/blocked/block');
  await member.put('/users/blocked/block');
  await gone.delete('/users/me');
  await admin.patch('/admin/users/disabled', { json: { disabled: true } });
  await revoked.post('/auth/logout');
  const { header, payload } = readToken(owner.accessToken);
  const past = Math.floor(Date.now() / 1_000) - 60;
  const expired = signToken(
    { header, payload: { ...payload, iat: past - 600, exp: past } },
    app.env['JWT_SECRET'] ?? '',
  );
  const tokens: Record<Out, string | undefined> = {
    anonymous: undefined,
    expired,
    revoked: revoked.accessToken,
    disabled: disabled.accessToken,
    deleted: gone.accessToken,
  };

  /** A private room in which all roles have, or had, a place. */
  async function makeRoom(): Promise<Room> {
    const id = await owner.createRoom(`Room ${secret}`, {
      topic: `topic ${secret}`,
      members: ['exMember', ...MEMBERS.filter((role) => role !== 'owner')],
    });
    await owner.put(`/conversations/${id}/members/moderator`, { json: { role: 'moderator' } });
    await owner.delete(`/conversations/${id}/members/exMember`);
    await users.rejoined.delete(`/conversations/${id}/members/rejoined`);
    await owner.put(`/conversations/${id}/members/rejoined`);
    const posted = [];
    for (const n of [1, 2]) posted.push(await member.postMessage(id, `body ${n} ${secret}`));
    const [message = '', deleted = ''] = posted.map(({ body }) => body.id);
    await member.delete(`/messages/${deleted}`);
    return { id, message, deleted };
  }

  const room = await makeRoom();
  const ended = await makeRoom();
  await owner.delete(`/conversations/${ended.id}`);
  const direct = await owner.open('member');
  await member.postMessage(direct, `body of two ${secret}`);
  const { body } = await owner.get('/auth/sessions');
  const { body: subscription } = await owner.put('/push/subscriptions', {
    json: newSubscription('https://push.example.org/owner'),
  });

  /** What the members see of the things that outsiders are after. */
  const snapshot = async () =>
    JSON.stringify([
      (await member.get(`/conversations/${room.id}`)).body,
      (await member.get(`/conversations/${room.id}/members`)).body,
      await member.readAll(room.id),
      await member.readAll(direct),
      (await owner.get('/users/me')).body,
      (await admin.get('/admin/users?limit=100')).body.users.map(
        ({ username, role, disabledAt }: Record<string, unknown>) => [username, role, disabledAt],
      ),
    ]);

  return {
    secret,
    users,
    tokens,
    room,
    direct,
    makeRoom,
    snapshot,
    /** What stands in an address, by what comes before it: what there is, then what there is not. */
    objects: {
      conversation: {
        theirs: [room.id, direct],
        none: ['999999', 'x', '0', ended.id],
      },
      message: {
        theirs: [room.message, room.deleted, `${direct}-1`],
        none: [`${room.id}-99`, '999999-1', 'x', '1', ended.message],
      },
      session: { theirs: [body.sessions[0].id as string], none: ['999999', 'x'] },
      subscription: { theirs: [subscription.id as string], none: ['999999', 'x'] },
      user: { theirs: ['target'], none: ['nobody', 'gone', 'x y', PASSWORD] },
    },
  };
}
