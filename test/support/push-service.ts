import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { decrypt } from 'http_ece';
import webPush from 'web-push';
import type { Scope } from './databases.ts';
import { until } from './until.ts';

/** Settings with which a server sends Web Push, soon, and to this machine too. */
export function vapidSettings(): Record<string, string> {
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  return {
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: privateKey,
    VAPID_SUBJECT: 'mailto:tests@example.org',
    PUSH_DELAY_MS: '300',
    PUSH_TO_LOOPBACK: 'on',
  };
}

function newKeys() {
  const pair = createECDH('prime256v1');
  const p256dh = pair.generateKeys('base64url');
  return { pair, p256dh, auth: randomBytes(16).toString('base64url') };
}

/** What a browser would give to be reached there. */
export function newSubscription(endpoint: string) {
  const { p256dh, auth } = newKeys();
  return { endpoint, expirationTime: null, keys: { p256dh, auth } };
}

interface Received {
  /** What the device reads. */
  text: string;
  headers: IncomingHttpHeaders;
}

/** A push service at this machine, with devices that decrypt what it gets for them. */
export async function startPushService(t: Scope) {
  const keys = new Map<string, ReturnType<typeof newKeys>>();
  const received = new Map<string, Received[]>();
  let answer = (response: ServerResponse): unknown => response.writeHead(201).end();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const key = keys.get(path);
    const body = await buffer(request);
    if (key) {
      const options = { version: 'aes128gcm', privateKey: key.pair, authSecret: key.auth } as const;
      const text = decrypt(body, options).toString();
      received.get(path)?.push({ text, headers: request.headers });
    }
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    /** How it answers from now on. */
    answerBy(given: typeof answer): void {
      answer = given;
    },
    /** A device of its own: what to subscribe with, and what has come for it. */
    device() {
      const path = `/${randomBytes(8).toString('hex')}`;
      const made = newKeys();
      const pushes: Received[] = [];
      keys.set(path, made);
      received.set(path, pushes);
      return {
        subscription: {
          endpoint: url + path,
          keys: { p256dh: made.p256dh, auth: made.auth },
        },
        pushes,
        /** The ids that it was told, in order. */
        ids: (): string[] => pushes.map(({ text }) => JSON.parse(text).id),
        hears: (id: string) => until(() => pushes.some(({ text }) => JSON.parse(text).id === id)),
      };
    },
  };
}
