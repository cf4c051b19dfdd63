/** One message that somebody wanted to post; written down before it is sent the first time. */
export interface Attempt {
  /** The only one with this body, which is how a message that is read is traced back. */
  body: string;
  conversationId: string;
  sender: string;
  /** Of the first and of every repeat. */
  key: string;
  /** In milliseconds of this process's clock, like all times here. */
  sentAt: number;
  /** When the first acknowledgement came. */
  acknowledgedAt?: number;
  /** `failed`: a 4xx, so surely not stored. `unknown`: no answer that says; it may have been. */
  outcome: 'ok' | 'failed' | 'unknown';
  /** What each acknowledgement said. */
  acknowledged: Acknowledged[];
  /** Every request for it and what came back. */
  tries: Try[];
  /** What its sender did to it later, in order; at most one edit, then at most one deletion. */
  revisions: Revision[];
}

/** A change of a message, written down before it is asked for. */
export interface Revision {
  /** Null: deleted. */
  body: string | null;
  outcome: 'ok' | 'failed' | 'unknown';
}

interface Try {
  at: number;
  /** The process that was asked. */
  via: string;
  /** Empty while nothing has come back. */
  answer: string;
}

interface Acknowledged {
  id: string;
  sequence: number;
}

interface ReadMessage {
  id: string;
  sequence: number;
  sender: string;
  body: string | null;
}

/** A whole conversation, as one member got it in one way. */
export interface Reading {
  /** Who read, and how. */
  reader: string;
  conversationId: string;
  messages: readonly ReadMessage[];
}

/** A glance at the newest message of a conversation, while everything is going on. */
export interface Look {
  reader: string;
  conversationId: string;
  startedAt: number;
  endedAt: number;
  head: number;
}

export interface History {
  attempts: readonly Attempt[];
  looks: readonly Look[];
  readings: readonly Reading[];
}

export interface Violation {
  text: string;
  /** Whose history tells how it came. */
  attempt?: Attempt | undefined;
}

type Check = (history: History) => Violation[];

/** Each promise, with every way in which the history breaks it. */
export const checks: Record<string, Check> = {
  'durable: what was acknowledged is there, as it was last edited': ({ attempts, readings }) => {
    const found = bySequence(readings);
    return attempts.flatMap((attempt): Violation[] => {
      const [first] = attempt.acknowledged;
      if (!first) return [];
      return (found.get(attempt.conversationId) ?? []).flatMap(({ reader, messages }) => {
        const message = messages.get(first.sequence);
        if (message?.id === first.id && possibleBodies(attempt).includes(message.body)) return [];
        const text = `${first.id} was acknowledged; ${reader} has ${describe(message)}`;
        return [{ text, attempt }];
      });
    });
  },

  'one message for one key, whoever answers': ({ attempts }) =>
    attempts
      .filter(({ acknowledged }) => new Set(acknowledged.map(({ id }) => id)).size > 1)
      .map((attempt) => ({
        text: `${attempt.key}: ${attempt.acknowledged.map(({ id }) => id).join(', ')}`,
        attempt,
      })),

  'no duplicate': ({ attempts, readings }) =>
    readings.flatMap(({ reader, messages }) =>
      [...Map.groupBy(messages, ({ body }) => body)]
        .filter(([body, same]) => body !== null && same.length > 1)
        .map(([body, same]) => ({
          text: `${reader}: ${body} as ${same.map(({ id }) => id).join(', ')}`,
          attempt: attempts.find((attempt) => attempt.body === body),
        })),
    ),

  'no phantom: what is there was posted, and not refused': ({ attempts, readings }) => {
    const posted = new Map(
      attempts.flatMap((attempt) =>
        [attempt, ...attempt.revisions.filter(({ outcome }) => outcome !== 'failed')].map(
          ({ body }) => [body, attempt] as const,
        ),
      ),
    );
    const deleted = new Map(
      attempts
        .filter(({ revisions }) => revisions.some(({ body }) => body === null))
        .flatMap((attempt) => attempt.acknowledged.map(({ id }) => [id, attempt])),
    );
    return readings.flatMap(({ reader, conversationId, messages }) =>
      messages.flatMap((message): Violation[] => {
        const { id, body } = message;
        const attempt = body === null ? deleted.get(id) : posted.get(body);
        const isIts =
          attempt?.conversationId === conversationId && attempt.sender === message.sender;
        if (isIts && attempt.outcome !== 'failed') return [];
        return [{ text: `${reader}: ${describe(message)} was never posted, or refused`, attempt }];
      }),
    );
  },

  'gapless: 1, 2, 3 …': ({ readings }) =>
    readings.flatMap(({ reader, conversationId, messages }) => {
      const wrong = messages.findIndex(({ sequence }, index) => sequence !== index + 1);
      if (wrong === -1) return [];
      const around = messages.slice(Math.max(0, wrong - 2), wrong + 3);
      const sequences = around.map(({ sequence }) => sequence).join(' ');
      return [{ text: `${reader}, ${conversationId}: … ${sequences} …` }];
    }),

  'one order for all': ({ readings }) =>
    [...Map.groupBy(readings, ({ conversationId }) => conversationId)].flatMap(([id, all]) => {
      const orders = all.map(({ messages }) => messages.map((message) => message.id).join());
      return all
        .filter((_, index) => orders[index] !== orders[0])
        .map(({ reader, messages }) => ({
          text: `${id}: ${reader} has another order than ${all[0]?.reader} (${messages.length} and ${all[0]?.messages.length} messages)`,
        }));
    }),

  'real time: sent later, placed later': ({ attempts }) =>
    [...Map.groupBy(attempts.filter(isAcknowledged), ({ conversationId }) => conversationId)]
      .flatMap(([, all]) => overtaken(all))
      .map(([earlier, attempt]) => ({
        text: `${describe(attempt.acknowledged[0])} was sent after ${describe(earlier)} was acknowledged`,
        attempt,
      })),

  'fresh: a read sees what was acknowledged or seen before it': ({ attempts, looks }) => {
    const lookedAt = Map.groupBy(looks, ({ conversationId }) => conversationId);
    return [...lookedAt].flatMap(([id, all]) => stale(all, knownOf(id, attempts, all)));
  },
};

/** What a message may be by now: an answer tells for sure, and no answer leaves both. */
export function possibleBodies({ body, revisions }: Attempt): (string | null)[] {
  const all = [{ body, outcome: 'ok' }, ...revisions.filter(({ outcome }) => outcome !== 'failed')];
  const lastAnswered = all.findLastIndex(({ outcome }) => outcome === 'ok');
  return all.slice(lastAnswered).map((one) => one.body);
}

function bySequence(readings: readonly Reading[]) {
  const indexed = readings.map(({ messages, ...reading }) => ({
    ...reading,
    messages: new Map(messages.map((message) => [message.sequence, message])),
  }));
  return Map.groupBy(indexed, ({ conversationId }) => conversationId);
}

const isAcknowledged = (attempt: Attempt): boolean => attempt.acknowledged.length > 0;

/** From `at` on, everybody sees at least this sequence. */
interface Known {
  at: number;
  sequence: number;
}

/** Pairs of which the later was sent when the earlier had been acknowledged, and yet came before it. */
function overtaken(attempts: readonly Attempt[]): [Acknowledged, Attempt][] {
  const answers = attempts.flatMap(({ acknowledgedAt, acknowledged: [message] }) =>
    message && acknowledgedAt !== undefined ? [{ at: acknowledgedAt, message }] : [],
  );
  const highestBefore = running(answers, ({ message }) => message.sequence);
  return attempts
    .toSorted((a, b) => a.sentAt - b.sentAt)
    .flatMap((attempt): [Acknowledged, Attempt][] => {
      const earlier = highestBefore(attempt.sentAt)?.message;
      const own = attempt.acknowledged[0];
      return own && earlier && earlier.sequence > own.sequence ? [[earlier, attempt]] : [];
    });
}

const knownOf = (id: string, attempts: readonly Attempt[], looks: readonly Look[]): Known[] => [
  ...attempts.flatMap(({ conversationId, acknowledgedAt: at, acknowledged: [message] }) =>
    conversationId === id && at !== undefined && message
      ? [{ at, sequence: message.sequence }]
      : [],
  ),
  ...looks.map(({ endedAt, head }) => ({ at: endedAt, sequence: head })),
];

function stale(looks: readonly Look[], known: readonly Known[]): Violation[] {
  const highestBefore = running(known, ({ sequence }) => sequence);
  return looks
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .flatMap(({ reader, conversationId, startedAt, head }) => {
      const least = highestBefore(startedAt)?.sequence ?? 0;
      if (head >= least) return [];
      return [{ text: `${reader} saw ${conversationId} end with ${head}; it was at ${least}` }];
    });
}

/** To be asked with ascending times: the highest of those before that time. */
function running<T extends { at: number }>(list: readonly T[], height: (one: T) => number) {
  const inOrder = list.toSorted((a, b) => a.at - b.at);
  let next = 0;
  let highest: T | undefined;
  return (before: number): T | undefined => {
    for (let one = inOrder[next]; one && one.at < before; one = inOrder[next]) {
      if (!highest || height(one) > height(highest)) highest = one;
      next += 1;
    }
    return highest;
  };
}

const describe = (message: { id: string; body?: string | null } | undefined): string =>
  message ? `${message.id}${message.body === undefined ? '' : ` (${message.body})`}` : 'nothing';
