import { createHmac } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestByHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https';
import type { Config } from '../../core/config.ts';
import { ForbiddenAddressError, isAllowedEndpoint, publicLookup } from './endpoint.ts';

/** Seconds for which a push service keeps what it cannot hand over: a message of yesterday is still news. */
const TTL = 86_400;
/** Milliseconds for a push service to answer. */
const ANSWER_TIMEOUT = 10_000;
/** Bytes of an answer, of which only its status says anything; beyond, the connection is cut. */
const MAX_ANSWER = 16_384;
const MAX_CONNECTIONS_PER_HOST = 10;
/** RFC 8030 5.4: a Topic has at most so many characters of base64url. */
const TOPIC_LENGTH = 32;

/** Where one device is reached. */
export interface Device {
  subscriptionId: number;
  endpoint: string;
  p256dh: string;
  auth: string;
}

/**
 * What became of it: the push service took it; it knows no such subscription any more, or we may not go there; it
 * may take it later; or it never will.
 */
export type Outcome =
  | { kind: 'accepted' | 'gone' | 'refused' }
  | { kind: 'later'; retryAfter: number | undefined };

interface Options {
  vapid: NonNullable<Config['vapid']>;
  allowLoopback: boolean;
}

/** Encrypts frames for devices and hands them to their push services. */
export async function pushSender({ vapid, allowLoopback }: Options) {
  // Only for who has keys: it takes some megabytes.
  const { default: webPush } = await import('web-push');
  const rules = { allowLoopback };
  const agentOptions = {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS_PER_HOST,
    lookup: publicLookup(rules),
  };
  const secure = new HttpsAgent(agentOptions);
  const plain = new HttpAgent(agentOptions);

  /** What replaces what at the push service; of two devices or conversations no two alike, so it tells that service nothing. */
  const topicOf = ({ subscriptionId }: Device, conversationId: number): string =>
    createHmac('sha256', vapid.privateKey)
      .update(`topic:${subscriptionId}:${conversationId}`)
      .digest('base64url')
      .slice(0, TOPIC_LENGTH);

  /** The answer's status and when to come back, whatever else it says. */
  function exchange(endpoint: string, headers: Record<string, string>, body: Buffer) {
    const isSecure = endpoint.startsWith('https:');
    const options = {
      method: 'POST',
      headers,
      agent: isSecure ? secure : plain,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    };
    return new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
      const answered = (answer: IncomingMessage): void => {
        let length = 0;
        answer.on('error', () => {});
        answer.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > MAX_ANSWER) answer.destroy();
        });
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
      };
      const sent = isSecure
        ? requestByHttps(endpoint, options, answered)
        : requestByHttp(endpoint, options, answered);
      sent.on('error', reject).end(body);
    });
  }

  return {
    /** Resolves to what became of it; rejects for what is wrong here. */
    async send(device: Device, conversationId: number, frame: string): Promise<Outcome> {
      const { endpoint, p256dh, auth } = device;
      if (!isAllowedEndpoint(endpoint, rules)) return { kind: 'gone' };
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        frame,
        {
          vapidDetails: vapid,
          TTL,
          topic: topicOf(device, conversationId),
          urgency: 'normal',
          contentEncoding: 'aes128gcm',
        },
      );
      try {
        return outcomeOf(await exchange(endpoint, textOf(headers), body));
      } catch (error) {
        if (error instanceof ForbiddenAddressError) return { kind: 'gone' };
        return { kind: 'later', retryAfter: undefined };
      }
    },

    close(): void {
      secure.destroy();
      plain.destroy();
    },
  };
}

const textOf = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

function outcomeOf({
  status,
  retryAfter,
}: {
  status: number;
  retryAfter: string | undefined;
}): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status !== 429 && status < 500) return { kind: 'refused' };
  const isSeconds = /^\d{1,9}$/.test(retryAfter ?? '');
  return { kind: 'later', retryAfter: isSeconds ? Number(retryAfter) * 1_000 : undefined };
}
