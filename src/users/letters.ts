import type { Mail } from '../core/mail.ts';

/** What is mailed, and from where its links lead: configuration alone, and nothing that a request says of itself. */
export const letters = (publicUrl: string) => ({
  resetPassword: (to: string, username: string, token: string): Mail => ({
    to,
    subject: 'Set a new password',
    text: `Hello ${username},

somebody, most likely you, has asked for a new password for your account at
${publicUrl}. To set one, open this within half an hour:

${publicUrl}/reset-password#token=${token}

If it was not you, nothing has changed and there is nothing to do.
`,
  }),

  confirmEmail: (to: string, username: string, token: string): Mail => ({
    to,
    subject: 'Confirm your e-mail address',
    text: `Hello ${username},

to use this address for your account at ${publicUrl}, open this within half an hour:

${publicUrl}/confirm-email#token=${token}

If it was not you who asked for that, there is nothing to do.
`,
  }),

  passwordChanged: (to: string): Mail => ({
    to,
    subject: 'Your password was changed',
    text: `The password of your account at ${publicUrl} was changed a moment ago, and other devices
were signed out.

If it was not you, set a new one at once: ${publicUrl}/forgot-password
`,
  }),

  emailChanged: (to: string, newEmail: string): Mail => ({
    to,
    subject: 'Your e-mail address was changed',
    text: `Your account at ${publicUrl} now has the address ${newEmail} in place of this one.

If it was not you, tell whoever runs the server.
`,
  }),
});

export type Letters = ReturnType<typeof letters>;
