import type { Attempt, Reading, Violation } from './ledger.ts';

/** One membership of somebody who comes and goes, in milliseconds of this process's clock. */
export interface Stay {
  /** Before this they were surely out, if the stay before had surely ended. */
  joinSentAt: number;
  /** From the answer on they are surely out; undefined when they are still in, or nobody can tell. */
  leftAt?: number;
}

/** Of the room in which somebody comes and goes. */
export interface Visits {
  visitor: string;
  conversationId: string;
  stays: readonly Stay[];
  /** The keys of all posts of this room whose body the visitor ever received. */
  keysSeen: ReadonlySet<string>;
  /** The messages of this room that frames named to the visitor. */
  frames: readonly { sequence: number; at: number }[];
  /** What the visitor reads in the end, from the last joining on. */
  readings: readonly (Reading & { clearedThrough: number })[];
}

/** When somebody was surely out: from one answer to the next request to be let in. */
interface Absence {
  from: number;
  to: number;
}

function absencesOf(stays: readonly Stay[]): Absence[] {
  return stays.flatMap(({ leftAt }, index) =>
    leftAt === undefined
      ? []
      : [{ from: leftAt, to: stays[index + 1]?.joinSentAt ?? Number.POSITIVE_INFINITY }],
  );
}

/** Whether whatever was asked for or pushed at `startedAt` and came at `at` fell into one absence. */
export const isAbsent = (stays: readonly Stay[], startedAt: number, at: number): boolean =>
  absencesOf(stays).some(({ from, to }) => startedAt > from && at < to);

/** What was said while somebody was surely out is never theirs to see, and from the joining on all is. */
export function checkVisits(
  { visitor, conversationId, stays, keysSeen, frames, readings }: Visits,
  attempts: readonly Attempt[],
  full: Reading | undefined,
): Violation[] {
  const said = attempts.filter((attempt) => attempt.conversationId === conversationId);
  const bySequence = new Map(
    said.flatMap((attempt) =>
      attempt.acknowledged.map(({ sequence }) => [sequence, attempt] as const),
    ),
  );
  const absences = absencesOf(stays);
  const seen = said.filter(
    ({ key, sentAt, acknowledgedAt = Number.POSITIVE_INFINITY }) =>
      keysSeen.has(key) && absences.some(({ from, to }) => sentAt > from && acknowledgedAt < to),
  );
  const rung = frames.flatMap(({ sequence, at }) => {
    const attempt = bySequence.get(sequence);
    const isForeign = absences.some(
      ({ from, to }) => attempt && attempt.sentAt > from && at > from && at < to,
    );
    return isForeign ? [{ attempt, text: `${visitor} was told of ${sequence} after leaving` }] : [];
  });
  return [
    ...seen.map((attempt) => ({
      attempt,
      text: `${visitor} read ${attempt.key}, said in absence`,
    })),
    ...rung,
    ...readings.flatMap((reading) => compare(reading, full)),
  ];
}

function compare(
  { reader, messages, clearedThrough }: Visits['readings'][number],
  full: Reading | undefined,
): Violation[] {
  const expected = (full?.messages ?? []).filter(({ sequence }) => sequence > clearedThrough);
  const text = (all: Reading['messages']) => all.map(({ id, body }) => `${id} ${body}`);
  const [own, others] = [text(messages), text(expected)];
  const wrong = [...own, ''].findIndex((line, index) => line !== (others[index] ?? ''));
  if (own.length === others.length && (wrong === -1 || wrong === own.length)) return [];
  return [
    {
      text: `${reader}, from ${clearedThrough} on: ${own[wrong] ?? 'nothing'} where others have ${others[wrong] ?? 'nothing'} (${own.length} and ${others.length} messages)`,
    },
  ];
}
