import { test } from 'tap';
import {
  type Attempt,
  checks,
  type History,
  type Look,
  type Reading,
} from '../../../scripts/verify/ledger.ts';

/** Three messages of ana in conversation 1, one after the other, and ben who read them all. */
function soundHistory(): { attempts: Attempt[]; looks: Look[]; readings: Reading[] } {
  const attempts = [1, 2, 3].map(
    (n): Attempt => ({
      body: `body ${n}`,
      conversationId: '1',
      sender: 'ana',
      key: `key ${n}`,
      sentAt: 10 * n,
      acknowledgedAt: 10 * n + 5,
      outcome: 'ok',
      acknowledged: [{ id: `1-${n}`, sequence: n }],
      tries: [{ at: 10 * n, via: 'here', answer: `1-${n}` }],
      revisions: [],
    }),
  );
  const read = () =>
    attempts.map(({ body, sender }, index) => ({
      id: `1-${index + 1}`,
      sequence: index + 1,
      sender,
      body,
    }));
  const readings = ['ana', 'ben'].map((reader) => ({
    reader,
    conversationId: '1',
    messages: read(),
  }));
  const looks = [1, 2, 3].map((n) => ({
    reader: 'ben',
    conversationId: '1',
    startedAt: 10 * n + 6,
    endedAt: 10 * n + 7,
    head: n,
  }));
  return { attempts, looks, readings };
}

const broken = (history: History): string[] =>
  Object.entries(checks)
    .filter(([, check]) => check(history).length > 0)
    .map(([promise]) => promise.split(/[:,]/)[0] ?? '');

test('a sound history breaks no promise', async (t) => {
  t.same(broken(soundHistory()), []);
  t.same(broken({ attempts: [], looks: [], readings: [] }), []);
});

test('what was never answered may be stored or not', async (t) => {
  const { attempts, looks, readings } = soundHistory();
  const unanswered = (n: number): Attempt => ({
    ...(attempts[0] as Attempt),
    body: `body ${n}`,
    key: `key ${n}`,
    outcome: 'unknown',
    acknowledged: [],
  });
  const stored = { id: '1-4', sequence: 4, sender: 'ana', body: 'body 4' };
  const read = readings.map((reading) => ({ ...reading, messages: [...reading.messages, stored] }));
  t.same(
    broken({ attempts: [...attempts, unanswered(4), unanswered(5)], looks, readings: read }),
    [],
  );
});

const revised =
  (...revisions: Attempt['revisions']) =>
  ({ attempts, ...rest }: Sound): Sound => ({
    ...rest,
    attempts: attempts.map((one, index) => (index === 2 ? { ...one, revisions } : one)),
  });

test('what was edited or deleted is there as it was left, or as it may have been left', async (t) => {
  const edit = (outcome: 'ok' | 'unknown' | 'failed') => ({ body: 'edited', outcome });
  const deletion = (outcome: 'ok' | 'unknown') => ({ body: null, outcome });
  const read = (body: string | null) =>
    reread((all) => all.map((m) => (m.sequence === 3 ? { ...m, body } : m)));
  const found = (body: string | null, ...revisions: Attempt['revisions']) =>
    broken(read(body)(revised(...revisions)(soundHistory())));
  t.same(found('edited', edit('ok')), []);
  t.same(found('body 3', edit('ok')), ['durable']);
  t.same(found('edited', edit('unknown')), []);
  t.same(found('body 3', edit('unknown')), []);
  t.same(found('edited', edit('failed')), ['durable', 'no phantom']);
  t.same(found(null, edit('ok'), deletion('ok')), []);
  t.same(found('edited', edit('unknown'), deletion('ok')), ['durable']);
  t.same(found(null, edit('ok'), deletion('unknown')), []);
  t.same(found(null, edit('ok')), ['durable', 'no phantom']);
});

type Messages = Reading['messages'];
type Sound = ReturnType<typeof soundHistory>;

/** What every reader got is changed alike. */
const reread =
  (change: (messages: Messages) => Messages) =>
  ({ readings, ...rest }: Sound): History => ({
    ...rest,
    readings: readings.map((reading) => ({ ...reading, messages: change(reading.messages) })),
  });

/** The attempts of the sound history, each changed or left alone. */
const otherwise =
  (change: (attempt: Attempt, n: number) => Partial<Attempt>) =>
  ({ attempts, ...rest }: Sound): History => ({
    ...rest,
    attempts: attempts.map((attempt, index) => ({ ...attempt, ...change(attempt, index + 1) })),
  });

const ways: [name: string, break_: (history: Sound) => History, promises: string[]][] = [
  ['the last message is lost', reread((all) => all.slice(0, 2)), ['durable']],
  ['one in the middle is lost', reread((all) => all.toSpliced(1, 1)), ['durable', 'gapless']],
  [
    'one reader misses one',
    ({ readings: [ana, ben], ...rest }) => ({
      ...rest,
      readings: [ana, ben && { ...ben, messages: ben.messages.slice(0, 2) }].filter((r) => !!r),
    }),
    ['durable', 'one order for all'],
  ],
  [
    'a body is changed',
    reread((all) => all.map((m) => (m.sequence === 1 ? { ...m, body: 'another' } : m))),
    ['durable', 'no phantom'],
  ],
  [
    'a repeat is stored again',
    reread((all) => [...all, { id: '1-4', sequence: 4, sender: 'ana', body: 'body 3' }]),
    ['no duplicate'],
  ],
  [
    'a repeat is answered with another message',
    otherwise(({ acknowledged }, n) =>
      n === 3 ? { acknowledged: [...acknowledged, { id: '1-4', sequence: 4 }] } : {},
    ),
    ['one message for one key'],
  ],
  [
    'what was refused is stored',
    otherwise((_, n) => (n === 3 ? { outcome: 'failed' as const, acknowledged: [] } : {})),
    ['no phantom'],
  ],
  [
    'a message of another conversation is read',
    otherwise((_, n) => (n === 1 ? { conversationId: '2' } : {})),
    ['no phantom'],
  ],
  [
    'a message was sent after one that it comes before',
    otherwise((_, n) => (n === 1 ? { sentAt: 100, acknowledgedAt: 105 } : {})),
    ['real time'],
  ],
  [
    'a read does not see what was acknowledged before',
    ({ looks, ...rest }) => ({
      ...rest,
      looks: looks.map((look) => (look.head === 3 ? { ...look, head: 2 } : look)),
    }),
    ['fresh'],
  ],
  [
    'a read sees less than one before it, of a message that nobody acknowledged',
    ({ attempts, looks, readings }) => ({
      attempts: attempts.filter((_, index) => index < 2),
      looks: [...looks, { ...(looks[1] as Look), startedAt: 50, endedAt: 51 }],
      readings: readings.map((one) => ({ ...one, messages: one.messages.slice(0, 2) })),
    }),
    ['fresh'],
  ],
];

for (const [name, break_, promises] of ways) {
  test(`it is found when ${name}`, async (t) => {
    t.same(broken(break_(soundHistory())), promises);
  });
}
