import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type AddressObject, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Scope } from './databases.ts';
import { until } from './until.ts';

interface Received {
  /** Of the envelope: where it really goes. */
  recipients: string[];
  from: string;
  subject: string;
  text: string;
}

/** A real mail server on a free port; what it takes can be read. */
export async function startMailbox(t: Scope, { refusing = 0 }: { refusing?: number } = {}) {
  const mails: Received[] = [];
  let refusals = refusing;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) => {
      refusals -= 1;
      if (refusals >= 0) done(Object.assign(new Error('try again'), { responseCode: 451 }));
      else done();
    },
    onData: (stream, session, done) => {
      void simpleParser(stream).then(({ from, subject = '', text = '' }) => {
        mails.push({
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          from: (from as AddressObject).text,
          subject,
          text,
        });
        done();
      }, done);
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    /** The newest mail to this address, as soon as there are so many. */
    async newest(to: string, count = 1): Promise<Received> {
      const mine = () => mails.filter(({ recipients }) => recipients.includes(to));
      await until(() => mine().length >= count);
      return mine().at(-1) as Received;
    },
  };
}

/** The token of the link in a mail. */
export const tokenIn = ({ text }: { text: string }): string =>
  /#token=([\w-]+)/.exec(text)?.[1] ?? '';
