import { test } from 'tap';
import { DoorbellError } from '../../src/client/index.ts';
import { isOnlyEmoji, splitLinks } from '../../src/web/conversation/links.ts';
import { receiptOf } from '../../src/web/conversation/receipts.ts';
import { de } from '../../src/web/text/de.ts';
import { en } from '../../src/web/text/en.ts';
import { enLater } from '../../src/web/text/en-later.ts';
import { fieldProblems, problemText } from '../../src/web/text/problem-text.ts';
import { chooseLanguage, speak, text } from '../../src/web/text/text.ts';
import { dayName, shortTime } from '../../src/web/text/times.ts';

test('addresses in a text can be followed, and nothing else of it is more than text', async (t) => {
  const cases: [body: string, links: string[]][] = [
    ['See https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    [
      '(https://example.org/a_(b)) and http://x.example, too',
      ['https://example.org/a_(b)', 'http://x.example'],
    ],
    ['HTTPS://EXAMPLE.ORG!', ['HTTPS://EXAMPLE.ORG']],
    ['javascript:alert(1) data:text/html,x //example.org www.example.org', []],
    ['<a href="https://example.org">', ['https://example.org']],
    ['https://', []],
  ];
  for (const [body, links] of cases) {
    const pieces = splitLinks(body);
    t.same(
      pieces.flatMap(({ href }) => href ?? []),
      links,
      body,
    );
    t.equal(pieces.map((piece) => piece.text).join(''), body, 'nothing is lost');
  }
});

test('up to three emoji and nothing else are shown large', async (t) => {
  for (const body of ['🎉', '👩‍👩‍👧 🇩🇪', '❤️👍🏽😂']) t.ok(isOnlyEmoji(body), body);
  for (const body of ['1', 'a 🎉', '🎉🎉🎉🎉', '', '#']) t.notOk(isOnlyEmoji(body), body);
});

test('a receipt says how far a message has come', async (t) => {
  const member = (readSequence: number, deliveredSequence = readSequence) => ({
    username: 'ben',
    displayName: 'Ben',
    role: 'member' as const,
    joinedAt: '2026-01-01T00:00:00.000Z',
    readSequence,
    deliveredSequence,
  });
  t.same(receiptOf(5, []), { kind: 'sent' }, 'notes to oneself');
  t.same(receiptOf(5, [member(4)]), { kind: 'sent' });
  t.same(receiptOf(5, [member(4, 5), member(3, 6)]), { kind: 'delivered' });
  t.same(receiptOf(5, [member(5), member(3)]), { kind: 'readBySome', count: 1 });
  t.same(receiptOf(5, [member(5), member(6)]), { kind: 'read' });
});

test('every language has every word, and the browser’s first known one is spoken', async (t) => {
  t.same(Object.keys(de).sort(), Object.keys({ ...en, ...enLater }).sort());
  t.same(Object.keys(de.problems).sort(), Object.keys(en.problems).sort());
  t.equal(chooseLanguage(['fr-FR', 'de-AT', 'en']), 'de');
  t.equal(chooseLanguage(['fr', 'constructor']), 'en');
});

test('times are told as people tell them', async (t) => {
  const at = (...date: [number, number, number, number, number]) => new Date(...date).toISOString();
  const now = new Date(2026, 2, 29, 12, 0).getTime();
  t.equal(shortTime(at(2026, 2, 29, 11, 59), now), '1 min');
  t.equal(shortTime(at(2026, 2, 29, 11, 30), now), '30 min');
  t.match(shortTime(at(2026, 2, 29, 1, 5), now), /1:05/);
  t.equal(shortTime(at(2026, 2, 28, 23, 59), now), 'Yesterday', 'though the clocks went forward');
  t.equal(shortTime(at(2026, 2, 25, 9, 0), now), 'Wed');
  t.match(shortTime(at(2026, 0, 2, 9, 0), now), /2/);
  t.match(dayName(at(2025, 0, 2, 9, 0), now), /Thursday.*2025/);
  await speak('de');
  t.equal(dayName(at(2026, 2, 29, 0, 0), now), 'Heute');
  t.equal(text.value.unread(1), '1 ungelesene Nachricht');
  await speak('en');
});

test('problems are told in the reader’s words, and at the field that they are of', async (t) => {
  const problem = (code: string, path?: string) =>
    new DoorbellError({
      status: 400,
      code,
      detail: 'x',
      ...(path ? { errors: [{ path, message: 'x' }] } : {}),
    });
  t.same(fieldProblems(problem('invalid_input', 'email')), {
    email: 'This is not an e-mail address.',
  });
  t.match(fieldProblems(problem('username_taken')), { username: /taken/ });
  t.same(fieldProblems(problem('wrong_credentials')), {});
  t.equal(problemText(problem('wrong_credentials')), 'The username or the password is wrong.');
  t.equal(problemText(problem('something_new')), en.problem);
  t.equal(problemText(new Error('x')), en.problem);
});
