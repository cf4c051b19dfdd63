import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';

/** Texts that some store, collation or normal form takes for each other, or cuts. */
const CORPUS: Record<string, string> = {
  'composed é': 'caf\u00e9 one',
  'decomposed é': 'cafe\u0301 one',
  'capital É': 'CAF\u00c9 one',
  'without an accent': 'cafe one',
  'trailing spaces inside': 'cafe  one',
  ß: 'stra\u00dfe',
  ss: 'strasse',
  ẞ: 'STRA\u1e9eE',
  'Turkish ı': 'd\u0131r\u0131l',
  'Turkish İ': 'D\u0130R\u0130L',
  'ligature ﬁ': '\ufb01sh',
  fullwidth: '\uff46\uff49\uff53\uff48',
  'one emoji': 'so \u{1f600} it is',
  'another emoji': 'so \u{1f601} it is',
  'family of joiners': '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}',
  'skin tones': '\u{1f44b}\u{1f3fb} \u{1f44b}\u{1f3ff}',
  flag: '\u{1f1f5}\u{1f1f1}',
  'outside the BMP': '\u{20000}\u{2a6d6}\u{10ffff}',
  'right to left': '\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627',
  'bidi controls': 'a\u202eb\u202cc\u2066d\u2069',
  'zero width': 'a\u200bb\u200cc\u200dd\ufeffe',
  'combining on nothing': '\u0301\u0301\u0301x',
  Zalgo: `z${'\u0300\u0316\u0489'.repeat(40)}algo`,
  Thai: 'สวัสดีครับ',
  Devanagari: 'नमस्ते',
  'Hangul syllables': '\ud55c\uae00 one',
  'Hangul jamo': '\u1112\u1161\u11ab\u1100\u1173\u11af one',
  'Cyrillic look-alike': '\u0430\u043d\u0430',
  'control characters': 'a\u0001b\u001bc\u007fd',
  'line separators': 'a\u2028b\u2029c\u0085d\re\nf',
  noncharacters: 'a\uffff\ufffeb\ufdd0',
  replacement: '\ufffd\ufffd',
  'private use': '\ue000\uf8ff',
  'quotes and wildcards': `' " \\ % _ \` ; -- /* */ <script>`,
  'the longest': '\u{1f600}'.repeat(4_000),
};

for (const store of storeNames) {
  test(`what is written comes back to the byte, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    const names = Object.keys(CORPUS);
    const texts = Object.values(CORPUS);

    await t.test('bodies', async (t) => {
      for (const [n, text] of texts.entries()) {
        const posted = await ana.postMessage(id, text, `key-${n}`);
        t.equal(posted.status, 201, `${names[n]}`);
        const repeated = await ana.postMessage(id, text, `key-${n}`);
        t.equal(repeated.status, 200);
      }
      const all = await ben.readAll(id);
      t.same(
        all.map(({ body }) => body),
        texts,
      );
    });

    await t.test('another text under the same key is another message', async (t) => {
      for (const [one, other] of [
        ['composed é', 'decomposed é'],
        ['ß', 'ss'],
        ['one emoji', 'another emoji'],
        ['ligature ﬁ', 'fullwidth'],
        ['Hangul syllables', 'Hangul jamo'],
      ] as const) {
        const key = `pair-${names.indexOf(one)}`;
        t.equal((await ana.postMessage(id, CORPUS[one], key)).status, 201);
        t.equal((await ana.postMessage(id, CORPUS[other], key)).status, 422, `${one}, ${other}`);
      }
      // Keys are compared by their bytes as well.
      t.equal((await ana.postMessage(id, 'one of two keys', 'Key')).status, 201);
      t.equal((await ana.postMessage(id, 'two of two keys', 'key')).status, 201);
    });

    await t.test('names and titles', async (t) => {
      for (const [n, text] of texts.entries()) {
        if ([...text].length > 64) continue;
        const { status, body } = await ana.patch('/users/me', {
          json: { displayName: text, about: text },
        });
        t.match(
          [status, body],
          [200, { displayName: text.trim(), about: text.trim() }],
          `${names[n]}`,
        );
        t.equal((await ben.get('/users/ana')).body.displayName, text.trim());
        const found = await ben.get(`/users?search=${encodeURIComponent(text.trim())}`);
        t.ok(
          found.body.users.some(({ username }: { username: string }) => username === 'ana'),
          `found by ${names[n]}`,
        );
      }
    });

    await t.test('passwords: composed or not is the same, other letters are not', async (t) => {
      const register = (username: string, password: string) =>
        app.request('POST', '/auth/register', {
          json: { username, email: `${username}@example.org`, password },
        });
      const login = async (username: string, password: string) =>
        (await app.request('POST', '/auth/login', { json: { username, password } })).status;
      t.equal((await register('carol', 'my caf\u00e9 at noon')).status, 201);
      t.equal(await login('carol', 'my cafe\u0301 at noon'), 200);
      for (const other of [
        'my cafe at noon',
        'my CAF\u00c9 at noon',
        'my caf\u00e9 at noon ',
        'my caf\u00e9  at noon',
      ])
        t.equal(await login('carol', other), 401, other);
      t.equal(
        (await register('dora', '\u{1f600}\u{1f601}\u{1f602}\u{1f603} four faces')).status,
        201,
      );
      t.equal(await login('dora', '\u{1f601}\u{1f600}\u{1f602}\u{1f603} four faces'), 401);
    });

    await t.test('usernames have no look-alikes', async (t) => {
      for (const username of [
        '\u0430na',
        'an\u00e4',
        'ana\u200b',
        'ana ',
        ' ana',
        '\uff41na',
        'ana\0',
        'АНА',
        'a\u0131a',
        'K\u212a',
      ])
        t.equal(
          (
            await app.request('POST', '/auth/register', {
              json: { username, email: 'x@example.org', password: PASSWORD },
            })
          ).status,
          400,
          JSON.stringify(username),
        );
      for (const username of ['ana ', 'ana\u200b', '\u0430na', 'an\u0041\u0301'])
        t.equal(
          (await ben.get(`/users/${encodeURIComponent(username)}`)).status,
          404,
          JSON.stringify(username),
        );
    });
  });
}
