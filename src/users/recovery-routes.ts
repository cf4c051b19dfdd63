import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Nothing } from '../core/schemas.ts';
import { confirmEmail, forgetPassword, type RecoveryParts, resetPassword } from './recovery.ts';
import { ConfirmEmailBody, ForgotPasswordBody, ResetPasswordBody } from './schemas.ts';
import type { SignInLimits } from './sign-in-limits.ts';

const tags = ['Accounts'];

/** What is done with an e-mail address alone; goes under `/auth`. */
export const recoveryRoutes =
  ({ limits, ...parts }: RecoveryParts & { limits: SignInLimits }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/forgot-password', {
      schema: {
        tags,
        summary: 'Mail a link by which one sets a new password',
        description: 'Always a 202: whether somebody has this address, only the mail tells.',
        body: ForgotPasswordBody,
        response: { 202: Nothing },
      },
      config: { access: 'anyone' },
      handler: async ({ ip, body }, reply) => {
        await limits.beforeMail(ip);
        if (await limits.mayMail(body.email)) forgetPassword(parts, body.email);
        return reply.code(202).send(null);
      },
    });

    app.post('/reset-password', {
      schema: {
        tags,
        summary: 'Set a new password by a mailed link; every session ends',
        body: ResetPasswordBody,
        response: { 204: Nothing },
      },
      config: { access: 'anyone' },
      handler: async ({ ip, body }, reply) => {
        await limits.redeem(ip, () => resetPassword(parts, body));
        return reply.code(204).send(null);
      },
    });

    app.post('/confirm-email', {
      schema: {
        tags,
        summary: 'Take a new e-mail address by a mailed link',
        body: ConfirmEmailBody,
        response: { 204: Nothing },
      },
      config: { access: 'anyone' },
      handler: async ({ ip, body }, reply) => {
        await limits.redeem(ip, () => confirmEmail(parts, body.token));
        return reply.code(204).send(null);
      },
    });
  };
