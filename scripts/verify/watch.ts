import { setTimeout as sleep } from 'node:timers/promises';
import { DoorbellError } from '../../src/client/index.ts';
import { pick, type Random } from '../seed/random.ts';
import type { Look, Violation } from './ledger.ts';
import { type OnReceived, type Person, signInAgain } from './person.ts';
import { saidIn } from './talk.ts';
import type { Visitor } from './visits.ts';

/** Milliseconds between two looks of one person, and between two tries of the stranger. */
const INTERVAL = 150;
/** Milliseconds between two devices that sign in and are signed out. */
const DEVICE_INTERVAL = 700;
/** Milliseconds after which the socket of an ended session must be closed, whatever is broken. */
const SOCKET_MUST_END = 30_000;

export interface Circle {
  people: readonly Person[];
  /** A user who is in none of the conversations. */
  stranger: Person;
  /** By id, with those who are members all the time. */
  conversations: ReadonlyMap<string, readonly Person[]>;
  /** Who comes into one of them and leaves it. */
  visitor: Visitor;
}

export type Report = (violation: Violation) => void;

/** Everybody looks at the ends of their conversations, at any process, until `signal` aborts. */
export async function look(
  person: Person,
  { conversations }: Circle,
  random: Random,
  looks: Look[],
  signal: AbortSignal,
): Promise<void> {
  const own = [...conversations].filter(([, members]) => members.includes(person));
  while (!signal.aborted) {
    await sleep(INTERVAL);
    const [conversationId] = pick(random, own);
    const { url, doorbell } = pick(random, person.callers);
    const startedAt = performance.now();
    const page = await answerOf(doorbell.api.listMessages(conversationId, { limit: 1 }));
    if (!page) continue;
    const head = page.messages.at(-1)?.sequence ?? 0;
    const reader = `${person.username} at ${url}`;
    looks.push({ reader, conversationId, startedAt, endedAt: performance.now(), head });
  }
}

/** Who is not a member gets nothing at all, by no way. */
export async function intrude(
  { stranger, conversations }: Circle,
  random: Random,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(INTERVAL);
    const id = pick(random, [...conversations.keys()]);
    const message = `${id}-${1 + Math.floor(random() * 5)}`;
    const { api } = pick(random, stranger.callers).doorbell;
    const ways: Record<string, () => Promise<boolean>> = {
      'GET message': async () => (await api.getMessage(message)) !== undefined,
      'GET messages': async () => (await api.getMessages([message])).messages.length > 0,
      'GET page': async () => (await api.listMessages(id)) !== undefined,
      'GET conversation': async () => (await api.getConversation(id)) !== undefined,
      'POST message': async () =>
        (await api.postMessage(id, message, { body: 'let me in' })) !== undefined,
      'POST sync': async () =>
        (await api.sync({ [id]: [0, 0] })).events.some(
          (frame) => frame.id.split('-')[0] === id && frame.event !== 'conversation.removed',
        ),
    };
    const way = pick(random, Object.keys(ways));
    if (await answerOf(ways[way]?.() ?? Promise.resolve(false))) {
      report({ text: `a stranger was served: ${way}, ${message}` });
    }
  }
}

/** Devices sign in and out; what they were let in with is void from the answer on, everywhere. */
export async function signInAndOut(
  person: Person,
  random: Random,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const urls = person.callers.map(({ url }) => url);
  const ask = (url: string, token: string, method: string, path: string) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
  while (!signal.aborted) {
    await sleep(DEVICE_INTERVAL);
    const [home, elsewhere] = [pick(random, urls), pick(random, urls)];
    const token = await answerOf(signInAgain(person, home));
    if (token === undefined) continue;
    const ended = socketOf(elsewhere, token);
    const answer = await answerOf(ask(home, token, 'POST', '/auth/logout'));
    if (answer?.status !== 204) continue;
    void ended(SOCKET_MUST_END).then(
      (inTime) => inTime || report({ text: `${person.username}: a socket outlived its session` }),
    );
    for (const url of urls) {
      const status = (await answerOf(ask(url, token, 'GET', '/users/me')))?.status ?? 0;
      if (status >= 200 && status < 300) {
        report({ text: `${person.username} signed out, and was served by ${url}` });
      }
    }
  }
}

/** Opens a notification socket; what it returns waits until it is closed, false when that takes too long. */
function socketOf(url: string, token: string): (milliseconds: number) => Promise<boolean> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/socket`, [
    'doorbell.v1',
    `bearer.${token}`,
  ]);
  const closed = new Promise<boolean>((resolve) => {
    socket.addEventListener('close', () => resolve(true));
    socket.addEventListener('error', () => resolve(true));
  });
  return async (milliseconds) => {
    const inTime = await Promise.race([closed, sleep(milliseconds, false, { ref: false })]);
    socket.close();
    return inTime;
  };
}

/** Searches all that a user receives for what is not theirs. Bodies are never on a socket, not even one's own. */
export const leakSearch =
  (circle: Circle, report: Report): OnReceived =>
  (username, text, what, startedAt) => {
    const isFrame = what === 'a frame';
    const said = saidIn(text);
    if (isFrame && said.length > 0) {
      report({ text: `${username} got a body over the socket: ${text}` });
    }
    const named = isFrame ? namedIn(text) : undefined;
    const visitor = circle.visitor.is(username) ? circle.visitor : undefined;
    visitor?.receive(said, named);
    const ids = new Set(said.map(({ conversationId }) => conversationId));
    if (named) ids.add(named.conversationId);
    for (const id of ids) {
      const members = circle.conversations.get(id);
      if (!members || members.some((member) => member.username === username)) continue;
      // A frame may have been on its way when the visitor left: its message tells, in the end.
      if (visitor?.room.id === id && (isFrame || !visitor.wasOut(startedAt))) continue;
      report({
        text: `${username} got something of conversation ${id} by ${what}: ${text.slice(0, 200)}`,
      });
    }
  };

/** The conversation, and perhaps the message, that a frame names. */
function namedIn(
  frame: string,
): { conversationId: string; sequence: number | undefined } | undefined {
  const [, id, sequence] = /"id":"(\d+)(?:-(\d+))?"/.exec(frame) ?? [];
  if (id === undefined) return undefined;
  return { conversationId: id, sequence: sequence === undefined ? undefined : Number(sequence) };
}

/** Undefined when nobody answered, or with a refusal. */
const answerOf = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (error instanceof DoorbellError || error instanceof Error) return undefined;
    throw error;
  });
