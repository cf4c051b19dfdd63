import { test } from 'tap';
import type { Attempt, Reading } from '../../../scripts/verify/ledger.ts';
import { checkVisits, type Visits } from '../../../scripts/verify/stays.ts';

/** Seven messages of a room, of which the n-th was said at 10 n. */
const attempts = [1, 2, 3, 4, 5, 6, 7].map(
  (n): Attempt => ({
    body: `body ${n}`,
    conversationId: '1',
    sender: 'ana',
    key: `key ${n}`,
    sentAt: 10 * n,
    acknowledgedAt: 10 * n + 5,
    outcome: 'ok',
    acknowledged: [{ id: `1-${n}`, sequence: n }],
    tries: [],
    revisions: [],
  }),
);
const messages = attempts.map(({ body, sender }, index) => ({
  id: `1-${index + 1}`,
  sequence: index + 1,
  sender,
  body,
}));
const full: Reading = { reader: 'ana', conversationId: '1', messages };

/** In from 18 to 38, so for the second and third message, and again from 58 on, for the last two. */
const sound: Visits = {
  visitor: 'eve',
  conversationId: '1',
  stays: [{ joinSentAt: 0, leftAt: 0 }, { joinSentAt: 18, leftAt: 38 }, { joinSentAt: 58 }],
  keysSeen: new Set(['key 2', 'key 3', 'key 6', 'key 7']),
  frames: [
    { sequence: 2, at: 25 },
    { sequence: 3, at: 41 },
    { sequence: 6, at: 66 },
  ],
  readings: [
    { reader: 'eve', conversationId: '1', messages: messages.slice(5), clearedThrough: 5 },
  ],
};
const found = (visits: Partial<Visits>) =>
  checkVisits({ ...sound, ...visits }, attempts, full).map(({ text }) => text);

test('who saw what was said while being in breaks no promise', async (t) => {
  t.same(found({}), []);
});

test('what was said in absence is never to be seen', async (t) => {
  t.match(found({ keysSeen: new Set(['key 5']) }), [/eve read key 5/]);
  t.match(found({ keysSeen: new Set(['key 1']) }), [/eve read key 1/], 'before the first joining');
});

test('after leaving nothing rings that was said after leaving', async (t) => {
  t.match(found({ frames: [{ sequence: 4, at: 46 }] }), [/eve was told of 4/]);
  t.same(found({ frames: [{ sequence: 3, at: 46 }] }), [], 'it was under way');
});

test('whoever is back has all from then on, as the others have it', async (t) => {
  const read = (own: Reading['messages']) =>
    found({ readings: [{ ...full, reader: 'eve', messages: own, clearedThrough: 5 }] });
  t.equal(read(messages.slice(5, 6)).length, 1, 'the last is missing');
  t.equal(read(messages.slice(4)).length, 1, 'one more than theirs');
  t.equal(read(messages.slice(5).map((m) => ({ ...m, body: 'another' }))).length, 1);
});

test('of an absence that nobody can be sure of nothing is said', async (t) => {
  const stays = [{ joinSentAt: 0, leftAt: 0 }, { joinSentAt: 18 }, { joinSentAt: 58 }];
  t.same(found({ stays, keysSeen: new Set(['key 5']), frames: [{ sequence: 5, at: 56 }] }), []);
});
