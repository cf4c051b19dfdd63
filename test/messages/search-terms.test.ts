import { test } from 'tap';
import { findHighlights } from '../../src/messages/search/highlights.ts';
import { parseQuery } from '../../src/messages/search/query.ts';
import { prefixOf, queryTerms, termsOf } from '../../src/messages/search/terms.ts';
import { wordsOf } from '../../src/messages/search/words.ts';
import { random } from '../client/support/random.ts';

/** Letters of many scripts, composed and not, signs, spaces, what is invisible, emoji. */
const ALPHABET = [
  ...'ab1ßİıÉøŁ½ﬁ™',
  ...'аёйЖ',
  ...'αςΣ',
  ...'كأَّـ',
  ...'שׁם',
  ...'कि्ड़',
  ...'한글\u1112\u1161\u11ab',
  ...'東京都々',
  ...'がかｶﾞー',
  ...'ไทยำ',
  ...['👍🏽', '👩‍👩‍👧', '❤️', '🇩🇪', '1️⃣', '\u0301', '\u200d', '\u00ad', '\ud800'],
  ...'  \n.-_\'"*,、',
];

test('whatever has the phrases of a query has its terms in the index', (t) => {
  const { below } = random(7);
  const text = (length: number) =>
    Array.from({ length }, () => ALPHABET[below(ALPHABET.length)]).join('');
  let matched = 0;
  for (let n = 0; n < 20_000; n += 1) {
    const body = text(1 + below(30));
    const from = below(body.length);
    const part = body.slice(from, from + 1 + below(8));
    const q = [part, `"${part}"`, `${part}*`, text(2)][below(4)] ?? '';
    if (wordsOf(q).length === 0) continue;
    const phrases = parseQuery(q);
    const highlights = findHighlights(body, phrases);
    if (!highlights) continue;
    matched += 1;
    const terms = [...termsOf(body)];
    for (const { term, open } of queryTerms(phrases)) {
      const isThere = terms.some((one) => (open ? one.startsWith(term) : one === term));
      if (!isThere) t.fail(JSON.stringify({ body, q, term, terms }));
    }
    for (const [index, { start, end }] of highlights.entries()) {
      const before = highlights[index - 1]?.end ?? 0;
      if (start < before || end <= start || end > body.length) {
        t.fail(JSON.stringify({ body, q, highlights }));
      }
    }
  }
  t.ok(matched > 5_000, `${matched} of them matched`);
  t.end();
});

test('words are the same whether or not what is beside them is ASCII', (t) => {
  for (const text of ['Plain Text, 3.14 foo_bar', "DON'T e-mail\tme\0x7f~", '  a  ', '']) {
    const beside = wordsOf(`${text} é`).slice(0, -1);
    t.same(wordsOf(text), beside);
  }
  t.end();
});

test('what is indexed is of 3 to 84 characters that both databases keep together', (t) => {
  const prefix = prefixOf(999_999_999_999_999, 199_999_999);
  const body = ['x', '1', 'y'.repeat(4_000), 'ж'.repeat(100), '東京', '👩‍👩‍👧', 'é'].join(' ');
  const terms = [...termsOf(body)].map((term) => prefix + term);
  t.equal(terms.length, 10);
  for (const term of terms) t.match(term, /^[a-z0-9_]{3,84}$/);
  t.end();
});
