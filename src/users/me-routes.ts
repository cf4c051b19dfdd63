import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Nothing } from '../core/schemas.ts';
import { changePassword } from './change-password.ts';
import type { PresenceParts } from './presence.ts';
import { changeProfile } from './profile.ts';
import { changeEmail, mailLater, type RecoveryParts } from './recovery.ts';
import { ChangeEmailBody, ChangePasswordBody, Me, ProfileChanges } from './schemas.ts';
import type { SignInLimits } from './sign-in-limits.ts';
import { getMe } from './users.ts';

const tags = ['Users'];

interface Parts extends RecoveryParts, PresenceParts {
  limits: SignInLimits;
  /** Rings at those who share a conversation with the user, and at the user's own devices. Never rejects. */
  announceProfile(userId: number): Promise<void>;
  /** Ends the account. Throws a 409 for the last admin. */
  deleteAccount(userId: number): Promise<void>;
}

/** One's own account; goes under `/users`. */
export const meRoutes =
  (parts: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { db, limits, letters } = parts;

    app.get('/me', {
      schema: { tags, summary: 'Oneself', response: { 200: Me } },
      config: { access: 'user' },
      handler: ({ viewer }) => getMe(parts, viewer.userId),
    });

    app.patch('/me', {
      schema: {
        tags,
        summary: "Change one's profile",
        description:
          'Who shares a conversation hears of it by `user.updated`. The e-mail address and the password have calls of their own.',
        body: ProfileChanges,
        response: { 200: Me },
      },
      config: { access: 'user' },
      handler: async ({ viewer, body }) => {
        const hasChanged = await changeProfile(db, viewer.userId, body);
        if (hasChanged) await parts.announceProfile(viewer.userId);
        return getMe(parts, viewer.userId);
      },
    });

    app.delete('/me', {
      schema: {
        tags,
        summary: 'Delete the account',
        description:
          'At once and for good. What was said to others stays, said by a deleted user; notes to oneself go.',
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer }, reply) => {
        await parts.deleteAccount(viewer.userId);
        return reply.code(204).send(null);
      },
    });

    app.put('/me/password', {
      schema: {
        tags,
        summary: 'Change the password; other sessions end',
        body: ChangePasswordBody,
        response: { 204: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer, body }, reply) => {
        const { email } = await limits.password(viewer.userId, () =>
          changePassword(parts, viewer, body),
        );
        mailLater(parts, letters.passwordChanged(email));
        return reply.code(204).send(null);
      },
    });

    app.put('/me/email', {
      schema: {
        tags,
        summary: 'Ask for another e-mail address',
        description: 'It counts once the link is opened that is mailed there.',
        body: ChangeEmailBody,
        response: { 202: Nothing },
      },
      config: { access: 'user' },
      handler: async ({ viewer, ip, body }, reply) => {
        await limits.beforeMail(ip);
        await limits.password(viewer.userId, async () => {
          if (await limits.mayMail(body.email)) await changeEmail(parts, viewer.userId, body);
        });
        return reply.code(202).send(null);
      },
    });
  };
