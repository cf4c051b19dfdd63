import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { indexAll, search } from './support/search.ts';

const LONG = 'a'.repeat(100);

/** What was said, oldest first. */
const CORPUS = [
  'Meet me at the Café Müller tomorrow',
  'cafe tomorrow? No: the day after.',
  'a CAFETERIA is no cafe\u0301',
  'Die Straße in Łódź',
  'STRASSE, lodz',
  'to be or not to be',
  'be it so: to me',
  "don't e-mail me; foo_bar@example.com",
  'ONE and two, or three not near four',
  'x 7 3.14',
  'Привет, ёжик! Как дела?',
  'ПРИВЕТ, мир',
  'Καλημέρα, ο ΔΡΌΜΟΣ',
  'السَّلامُ عليكم',
  'שָׁלוֹם לכם',
  'यह काम कम है',
  '안녕하세요 세계',
  '東京都に行きます',
  '京、都。',
  'カフェでコーヒー、ガム',
  'ภาษาไทยง่ายมาก',
  'party 🎉🎉 tonight 👍🏽',
  `${LONG}b ${LONG}c`,
  'превысокомногорассмотрительствующий',
];

/** What is asked, and what it brings, newest first. */
const EXPECTED: Record<string, readonly string[]> = {
  cafe: [
    'a CAFETERIA is no [cafe\u0301]',
    '[cafe] tomorrow? No: the day after.',
    'Meet me at the [Café] Müller tomorrow',
  ],
  'CAFÉ*': [
    'a [CAFETERIA] is no [cafe\u0301]',
    '[cafe] tomorrow? No: the day after.',
    'Meet me at the [Café] Müller tomorrow',
  ],
  'tomorrow muller': ['Meet me at the Café [Müller] [tomorrow]'],
  'ＴＯＭＯＲＲＯＷ no': ['cafe [tomorrow]? [No]: the day after.'],
  'caf tomorrow': [],
  strasse: ['[STRASSE], lodz', 'Die [Straße] in Łódź'],
  Łódź: ['STRASSE, [lodz]', 'Die Straße in [Łódź]'],
  'to be': ['[be] it so: [to] me', '[to] [be] or not [to] [be]'],
  '"to be"': ['[to be] or not [to be]'],
  '"be to"': [],
  '"be it so to m*"': ['[be it so: to me]'],
  '“not to”': ['to be or [not to] be'],
  "don't": ["[don't] e-mail me; foo_bar@example.com"],
  'E-Mail': ["don't [e-mail] me; foo_bar@example.com"],
  email: [],
  'foo_bar@example.com': ["don't e-mail me; [foo_bar@example.com]"],
  com: ["don't e-mail me; foo_bar@example.[com]"],
  'AND OR NOT NEAR': ['ONE [and] two, [or] three [not] [near] four'],
  'x*': ['[x] 7 3.14'],
  7: ['x [7] 3.14'],
  '3.14': ['x 7 [3.14]'],
  привет: ['[ПРИВЕТ], мир', '[Привет], ёжик! Как дела?'],
  'еж*': ['Привет, [ёжик]! Как дела?'],
  'καλημερα δρομος': ['[Καλημέρα], ο [ΔΡΌΜΟΣ]'],
  السلام: ['[السَّلامُ] عليكم'],
  שלום: ['[שָׁלוֹם] לכם'],
  कम: ['यह काम [कम] है'],
  안녕하세요: ['[안녕하세요] 세계'],
  '안녕*': ['[안녕하세요] 세계'],
  안녕: [],
  京: ['[京]、都。', '東[京]都に行きます'],
  京都: ['東[京都]に行きます'],
  都東: [],
  '都 東': ['[東]京[都]に行きます'],
  'に行きます*': ['東京都[に行きます]'],
  コーヒー: ['カフェで[コーヒー]、ガム'],
  カム: [],
  ｶﾞﾑ: ['カフェでコーヒー、[ガム]'],
  ไทย: ['ภาษา[ไทย]ง่ายมาก'],
  '🎉': ['party [🎉][🎉] tonight 👍🏽'],
  '🎉🎉 👍': ['party [🎉🎉] tonight [👍🏽]'],
  [`${LONG}c`]: [`${LONG}b [${LONG}c]`],
  [LONG]: [],
  [`${LONG}*`]: [`[${LONG}b] [${LONG}c]`],
  превысокомногорассмотрительствующий: ['[превысокомногорассмотрительствующий]'],
  превысокомногорассмотрительствующая: [],
};

for (const store of storeNames) {
  test(`searching messages, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    const id = await ana.open('ben');
    for (const body of CORPUS) {
      const { status } = await ana.postMessage(id, body);
      t.equal(status, 201);
    }

    for (const state of ['right after they were posted', 'once they are indexed']) {
      t.test(`messages are found by their words ${state}`, async (t) => {
        if (state === 'once they are indexed') await indexAll(app.db);
        for (const [q, expected] of Object.entries(EXPECTED)) {
          t.same(await search(ana, { q }), expected, q);
          t.same(await search(ana, { q, conversation: id }), expected, `${q} in its conversation`);
        }
      });
    }

    t.test('a message that is found is as it is when it is read', async (t) => {
      const { body } = await ana.get('/messages/search?q=Łódź*');
      for (const { highlights, ...message } of body.messages) {
        t.same((await ana.get(`/messages/${message.id}`)).body, message);
        t.equal(highlights.length, 1);
      }
      t.equal(body.messages.length, 2);
      t.same([body.hasMore, body.next], [false, null]);
    });

    t.test('what cannot be searched is a 400 that names it', async (t) => {
      const wrong: Record<string, string> = {
        '': 'q',
        'q=': 'q',
        'q=%20%20': 'q',
        'q=%2A': 'q',
        'q=%22%22%20-%2B': 'q',
        'q=a%00b': 'q',
        [`q=${'%C3%A9'.repeat(201)}`]: 'q',
        'q=a&before=yesterday': 'before',
        'q=a&before=1.2': 'before',
        'q=a&before=-1.2.3': 'before',
        'q=a&limit=0': 'limit',
        'q=a&limit=101': 'limit',
        'q=a&limit=x': 'limit',
      };
      for (const [query, path] of Object.entries(wrong)) {
        const { status, body } = await ana.get(`/messages/search?${query}`);
        t.match([status, body.errors?.[0]?.path], [400, path], query);
      }
      t.same(await search(ana, { q: 'é'.repeat(200) }), []);
    });

    t.test('signs have no meaning for the database, whatever they are', async (t) => {
      const party = ['[party] 🎉🎉 tonight 👍🏽'];
      const plain: Record<string, readonly string[]> = {
        '+party': party,
        '-party': party,
        '~party': party,
        '<party>': party,
        '(party': party,
        ')party(': party,
        '"party': party,
        'party"': party,
        '@party': party,
        'party@8': [],
        '^party': party,
        '{party}': party,
        "party'": party,
        'party;--': party,
        'party\\': party,
        'party %': party,
        'party:': party,
        'terms:party': [],
        'terms : party': [],
        'party NEAR(tonight)': [],
        'NEAR("party tonight", 5)': [],
        'party NOT tonight': [],
        'party OR cafe': [],
        'party AND tonight': [],
        'party* * *': party,
        '**party**': party,
        c1x0_party: [],
        "' or 1=1 --": [],
      };
      for (const [q, expected] of Object.entries(plain)) {
        t.same(await search(ana, { q }), expected, q);
      }
      for (const sign of '+-~<>()"@*\'\\;:^{}[]|&%$#!?/.,=`_') {
        for (const q of [sign, sign.repeat(3), `${sign} ${sign}`, `a${sign}${sign}b ${sign}`]) {
          const { status } = await ana.get(`/messages/search?${new URLSearchParams({ q })}`);
          t.ok([200, 400].includes(status), `${q}: ${status}`);
        }
      }
    });

    t.test('a query of very many words is answered', async (t) => {
      t.same(
        await search(ana, { q: 'a b c d e f g h i j k l m n o p q r s t u v w x y z'.repeat(3) }),
        [],
      );
      t.same(await search(ana, { q: 'be '.repeat(60) }), [
        '[be] it so: to me',
        'to [be] or not to [be]',
      ]);
    });
  });
}
