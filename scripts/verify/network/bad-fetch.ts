import { setTimeout as sleep } from 'node:timers/promises';
import { type Fate, type Luck, REQUEST_FAULTS } from './luck.ts';

/**
 * Shown every text that the server sent, also those that are then lost; `what` says where it was. `startedAt`: when
 * it was asked for, or when a frame came.
 */
export type OnText = (text: string, what: string, startedAt: number) => void;

type Fetch = typeof globalThis.fetch;
type Request = Parameters<Fetch>;

/**
 * Like fetch, over a network with this luck. Every POST whose body is a string may be repeated: one that is no
 * repeatable operation (registering, logging out) may be answered as the second of two.
 */
export function badFetch(luck: Luck, onText: OnText): Fetch {
  const send = async (...request: Request): Promise<Response> => {
    const startedAt = performance.now();
    const response = await fetch(...request);
    onText(await response.clone().text(), describe(request), startedAt);
    return response;
  };

  return async (...request) => {
    const fate = luck.draw(REQUEST_FAULTS);
    const wait = () => delay(fate.delay, request[1]?.signal);
    if (luck.strikes('lateRequests', fate)) await wait();
    if (luck.strikes('lostRequests', fate)) throw lost('request');
    const isRepeated = isRepeatable(request) && luck.strikes('repeatedRequests', fate);
    const response = await (isRepeated ? twice(fate, () => send(...request)) : send(...request));
    if (luck.strikes('lateAnswers', fate)) await wait();
    if (luck.strikes('lostAnswers', fate)) throw lost('answer');
    return response;
  };
}

async function twice(
  { coins: [areAtOnce, isFirst] }: Fate,
  send: () => Promise<Response>,
): Promise<Response> {
  const first = send();
  if (!areAtOnce) await Promise.allSettled([first]);
  const second = send();
  await Promise.allSettled([first, second]);
  return isFirst ? first : second;
}

const isRepeatable = ([input, init]: Request): boolean =>
  init?.method === 'POST' &&
  !(input instanceof Request) &&
  (typeof init.body === 'string' || (init.body ?? null) === null);

const describe = ([input, init]: Request): string =>
  `${init?.method ?? 'GET'} ${input instanceof Request ? input.url : input}`;

async function delay(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
  signal?.throwIfAborted();
}

/** What fetch says of a connection that broke. */
const lost = (what: string): TypeError =>
  new TypeError('fetch failed', { cause: new Error(`The network lost the ${what}.`) });
