import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

/** Milliseconds for a mail server to answer. */
const SMTP_TIMEOUT = 10_000;
/** Milliseconds before a mail that was not taken is tried again. */
const RETRY_DELAYS = [2_000, 15_000, 60_000];

export interface Mail {
  /** One address, and never a list of them. */
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves when a mail server has taken it; rejects when none does after some tries. */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
}

/** Through SMTP_URL; without, a server in development writes mails to its log, and any other says that it has none. */
export function mailer(
  { smtpUrl, mailFrom, production }: Pick<Config, 'smtpUrl' | 'mailFrom' | 'production'>,
  log: Logger,
): Mailer {
  if (smtpUrl === undefined) {
    if (production) log.warn('there is no SMTP_URL: nobody can set a forgotten password anew');
    return { send: async (mail) => writeToLog(mail, production, log) };
  }
  const options = {
    url: smtpUrl,
    connectionTimeout: SMTP_TIMEOUT,
    greetingTimeout: SMTP_TIMEOUT,
    socketTimeout: SMTP_TIMEOUT,
    // A mail is made of what is given, and reads neither files nor addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const open = async () =>
    (await import('nodemailer')).createTransport(options, { from: mailFrom });
  let transport: ReturnType<typeof open> | undefined;
  return {
    async send({ to, subject, text }, signal) {
      for (const delay of [...RETRY_DELAYS, undefined]) {
        try {
          // As an object, so that a comma in it makes no second recipient.
          transport ??= open();
          await (await transport).sendMail({ to: { name: '', address: to }, subject, text });
          return;
        } catch (error) {
          if (delay === undefined || signal.aborted || isRefused(error)) throw error;
          log.warn({ code: (error as { code?: string }).code }, 'a mail was not taken; again soon');
          await sleep(delay, undefined, { signal });
        }
      }
    },
  };
}

/** A server that says 5xx means it (RFC 5321 4.2.1). */
const isRefused = (error: unknown): boolean =>
  ((error as { responseCode?: number }).responseCode ?? 0) >= 500;

function writeToLog(mail: Mail, production: boolean, log: Logger): void {
  // What it says would sign in whoever reads the log.
  if (production) log.warn({ subject: mail.subject }, 'no SMTP_URL: a mail was not sent');
  else log.info({ mail }, 'no SMTP_URL: this mail is only written here');
}
