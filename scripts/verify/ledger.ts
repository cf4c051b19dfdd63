/** One message that somebody wanted to post; written down before it is sent the first time. */
export interface Attempt {
  /** The only one with this body, which is how a message that is read is traced back. */
  body: string;
  conversationId: string;
  sender: string;
  /** Of the first and of every repeat. */
  key: string;
  /** In milliseconds of this process's clock. */
  sentAt: number;
  /** When the first acknowledgement came. */
  acknowledgedAt?: number;
  /** `unknown`: no answer that says; it may have been stored. */
  outcome: 'acknowledged' | 'refused' | 'unknown';
  /** What each acknowledgement said. */
  acknowledged: Acknowledged[];
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

export interface History {
  attempts: readonly Attempt[];
  readings: readonly Reading[];
}

/** Each promise, with a line for every way in which the history breaks it. */
export const checks: Record<string, (history: History) => string[]> = {
  durable: ({ attempts, readings }) =>
    attempts.flatMap(({ acknowledged: [first], body, conversationId }) => {
      if (!first) return [];
      return of(readings, conversationId).flatMap(({ reader, messages }) => {
        const found = messages.find(({ sequence }) => sequence === first.sequence);
        const isSame = found?.id === first.id && found.body === body;
        return isSame ? [] : [`${first.id} was acknowledged; ${reader} has ${describe(found)}`];
      });
    }),

  'one answer for one key': ({ attempts }) =>
    attempts
      .filter(({ acknowledged }) => new Set(acknowledged.map(({ id }) => id)).size > 1)
      .map(({ key, acknowledged }) => `${key}: ${acknowledged.map(({ id }) => id).join(', ')}`),

  'no duplicate': ({ readings }) =>
    readings.flatMap(({ reader, messages }) =>
      [...Map.groupBy(messages, ({ body }) => body)]
        .filter(([, same]) => same.length > 1)
        .map(([body, same]) => `${reader}: ${body} as ${same.map(({ id }) => id).join(', ')}`),
    ),

  'no phantom': ({ attempts, readings }) => {
    const posted = new Map(attempts.map((attempt) => [attempt.body, attempt]));
    return readings.flatMap(({ reader, conversationId, messages }) =>
      messages
        .filter(({ body, sender }) => {
          const attempt = posted.get(body ?? '');
          const isPosted = attempt?.conversationId === conversationId && attempt.sender === sender;
          return !isPosted || attempt.outcome === 'refused';
        })
        .map((message) => `${reader}: ${describe(message)} was never posted, or refused`),
    );
  },

  gapless: ({ readings }) =>
    readings.flatMap(({ reader, conversationId, messages }) =>
      messages.every(({ sequence }, index) => sequence === index + 1)
        ? []
        : [`${reader}, ${conversationId}: ${messages.map(({ sequence }) => sequence).join(' ')}`],
    ),

  'one order': ({ readings }) =>
    [...Map.groupBy(readings, ({ conversationId }) => conversationId)].flatMap(([id, all]) => {
      const orders = all.map(({ messages }) => messages.map((message) => message.id).join());
      return all
        .filter((_, index) => orders[index] !== orders[0])
        .map(({ reader }) => `${id}: ${reader} has another order than ${all[0]?.reader}`);
    }),

  'real time': ({ attempts }) =>
    [...Map.groupBy(attempts.filter(isAcknowledged), ({ conversationId }) => conversationId)]
      .flatMap(([, all]) => overtaken(all))
      .map(([earlier, later]) => `${describe(later)} was sent after ${describe(earlier)}`),
};

const of = (readings: readonly Reading[], conversationId: string) =>
  readings.filter((reading) => reading.conversationId === conversationId);

const isAcknowledged = (attempt: Attempt): boolean => attempt.acknowledged.length > 0;

/** Pairs of which the later was sent when the earlier had been acknowledged, and yet came before it. */
function overtaken(attempts: readonly Attempt[]): [Acknowledged, Acknowledged][] {
  const posted = attempts.flatMap(({ sentAt, acknowledgedAt, acknowledged: [message] }) =>
    message && acknowledgedAt !== undefined ? [{ sentAt, acknowledgedAt, message }] : [],
  );
  const bySending = posted.toSorted((a, b) => a.sentAt - b.sentAt);
  const byAnswer = posted.toSorted((a, b) => a.acknowledgedAt - b.acknowledgedAt);
  const pairs: [Acknowledged, Acknowledged][] = [];
  let highest: Acknowledged | undefined;
  let answered = 0;
  for (const { sentAt, message } of bySending) {
    for (; (byAnswer[answered]?.acknowledgedAt ?? Infinity) < sentAt; answered += 1) {
      const candidate = byAnswer[answered]?.message;
      if (candidate && candidate.sequence > (highest?.sequence ?? 0)) highest = candidate;
    }
    if (highest && highest.sequence > message.sequence) pairs.push([highest, message]);
  }
  return pairs;
}

const describe = (message: { id: string; body?: string | null } | undefined): string =>
  message ? `${message.id}${message.body === undefined ? '' : ` (${message.body})`}` : 'nothing';
