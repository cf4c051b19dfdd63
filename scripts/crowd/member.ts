// A process of the crowd: each message from the command is an order, answered with what is to be seen then.
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../../src/client/api.ts';
import { Caller } from '../../src/client/caller.ts';
import { Emitter } from '../../src/client/emitter.ts';
import { Http } from '../../src/client/http.ts';
import { webSocketLine } from '../../src/client/line.ts';
import { storeSignIns } from '../../src/client/sign-ins.ts';
import { memoryTokenStore } from '../../src/client/stored-tokens.ts';
import { Tokens } from '../../src/client/tokens.ts';
import { inBatches } from '../bench/in-batches.ts';
import { Listener } from './listener.ts';
import type { Order, Question, Seats, Sight } from './orders.ts';
import { pooledFetch } from './pooled-fetch.ts';
import { makeSockets, type Sockets } from './sockets.ts';
import { Tally } from './tally.ts';

/** Sockets under way; fewer than would be refused. */
const OPENING_AT_ONCE = 50;
/** Seconds for all of them. */
const OPENING = 180;
/** The SDK's default for one request, in milliseconds. */
const REQUEST_TIMEOUT = 15_000;

interface Seated {
  listener: Listener;
  conversationId: string;
}

const tally = new Tally();
let sockets: Omit<Sockets, 'WebSocket'> | undefined;
let crowd: Seated[] = [];

process.on('message', async (order: Order) => {
  if (order.do === 'open') await open(order);
  if (order.do === 'pause') sockets?.pause();
  if (order.do === 'resume') sockets?.resume();
  process.send?.(look(order.do === 'look' ? order : { heads: {} }));
});

async function open({ port, address, seats }: Extract<Order, { do: 'open' }>) {
  const url = `127.0.0.1:${port}/api/v1`;
  const fetch = pooledFetch(tally, address);
  const http = new Http({
    url: `http://${url}`,
    fetch,
    timeoutMilliseconds: REQUEST_TIMEOUT,
  });
  const { WebSocket, ...rest } = makeSockets(tally, address);
  sockets = rest;
  const openLine = webSocketLine(`ws://${url}/socket`, WebSocket);
  const each = seats.flatMap((seat) => {
    const tokens = heldTokens(seat, http);
    const { conversationId } = seat;
    const one = { tokens, api: new Api(new Caller(http, tokens)), conversationId };
    return Array.from({ length: seat.count }, () => one);
  });
  const patience = sleep(OPENING * 1_000, undefined, { ref: false });
  crowd = await inBatches(each, OPENING_AT_ONCE, async (one) => {
    const listener = new Listener({ ...one, openLine });
    await Promise.race([listener.live, patience]);
    return { listener, conversationId: one.conversationId };
  });
}

function heldTokens({ tokens }: Seats, http: Http): Tokens {
  const store = memoryTokenStore();
  void store.save(tokens);
  return new Tokens(storeSignIns(http, store), new Emitter(console.error));
}

function look({ heads, syncedSince = 0 }: Question): Sight {
  const times = crowd.map(({ listener, conversationId }) =>
    listener.caughtUpAt(heads[conversationId] ?? 0, syncedSince),
  );
  const caughtUpAt = times.filter((time) => time !== undefined);
  return {
    caughtUpAt,
    behind: times.length - caughtUpAt.length,
    resynced: crowd.filter(({ listener }) => listener.resyncs > 0).length,
    openedAt: sockets?.openedAt.find((time) => time >= syncedSince) ?? null,
    answers: tally.answers,
    undeclared: tally.undeclared,
    unanswered: tally.unanswered,
  };
}
