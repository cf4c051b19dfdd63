import type { Random } from '../../seed/random.ts';
import { badFetch, type OnText } from './bad-fetch.ts';
import { badWebSocket } from './bad-socket.ts';
import { type Fault, Luck, type Rates } from './luck.ts';

export interface BadNetwork {
  /** For the options of a client. */
  fetch: typeof globalThis.fetch;
  WebSocket: typeof globalThis.WebSocket;
  /** How often each has happened so far. */
  counts: Readonly<Record<Fault, number>>;
  /** These rates from now on. */
  break(rates: Rates): void;
  /**
   * Nothing goes wrong from now on; what is late still comes. What a client does not know it has to find
   * out by itself: a socket that lost frames lives on, and a deaf one stays deaf until it is given up.
   */
  heal(): void;
}

/**
 * A bad network inside the client, so that it works towards any address. What happens follows from
 * `random`, in the order of the client's requests and of the frames that it is sent.
 */
export function badNetwork(
  random: Random,
  rates: Rates,
  { onText = () => {} }: { onText?: OnText } = {},
): BadNetwork {
  const luck = new Luck(random, rates);
  return {
    fetch: badFetch(luck, onText),
    WebSocket: badWebSocket(luck, onText),
    counts: luck.counts,
    break(rates) {
      luck.rates = rates;
    },
    heal() {
      luck.rates = {};
    },
  };
}
