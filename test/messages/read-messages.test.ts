import { test } from 'tap';
import { rangeOf } from '../../src/messages/read-messages.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

for (const store of storeNames) {
  test(`reading, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const eve = await app.signUp('eve');
    const id = await ana.open('ben');
    for (let n = 1; n <= 40; n += 1)
      await (n % 2 ? ana : ben).postMessage(id, `message ${n} of 40`);
    const page = async (query: string) =>
      (await ben.get(`/conversations/${id}/messages${query}`)).body;
    const sequencesOf = (body: { messages: { sequence: number }[] }) =>
      body.messages.map(({ sequence }) => sequence);
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i);

    t.test('without a position the last 15 come, ascending', async (t) => {
      const body = await page('');
      t.same(sequencesOf(body), range(26, 40));
      t.match(body, { hasBefore: true, hasAfter: false });
      t.match(body.messages[14], { body: 'message 40 of 40', sender: 'ben' });
    });

    t.test('before, after and around page through all of it', async (t) => {
      const cases: [query: string, sequences: number[], hasBefore: boolean, hasAfter: boolean][] = [
        ['?limit=100', range(1, 40), false, false],
        ['?before=26', range(11, 25), true, true],
        ['?before=11', range(1, 10), false, true],
        ['?before=1', [], false, true],
        ['?before=0', [], false, true],
        ['?before=9007199254740991&limit=2', [39, 40], true, false],
        ['?after=0&limit=3', [1, 2, 3], false, true],
        ['?after=38', [39, 40], true, false],
        ['?after=40', [], true, false],
        ['?after=1000', [], true, false],
        ['?around=20&limit=5', range(18, 22), true, true],
        ['?around=1&limit=5', range(1, 5), false, true],
        ['?around=40&limit=5', range(36, 40), true, false],
        ['?around=9999&limit=2', [39, 40], true, false],
      ];
      for (const [query, sequences, hasBefore, hasAfter] of cases) {
        const body = await page(query);
        t.same(sequencesOf(body), sequences, query);
        t.match(body, { hasBefore, hasAfter }, query);
      }
    });

    t.test('a value that a page does not take is a 400 that names it', async (t) => {
      const refused: [query: string, path: string][] = [
        ['?limit=0', 'limit'],
        ['?limit=101', 'limit'],
        ['?limit=1000000', 'limit'],
        ['?limit=1.5', 'limit'],
        ['?limit=', 'limit'],
        ['?before=x', 'before'],
        ['?before=-1', 'before'],
        ['?before=1e3', 'before'],
        ['?before=99999999999999999999', 'before'],
        ['?after=12x', 'after'],
        ['?around=%00', 'around'],
        ['?before=3&after=1', 'before'],
        ['?before=3&before=4', 'before'],
      ];
      for (const [query, path] of refused) {
        const { status, headers, body } = await ben.get(`/conversations/${id}/messages${query}`);
        t.equal(status, 400, query);
        t.match(headers.get('content-type'), 'application/problem+json');
        t.match(body, { code: 'invalid_input', errors: [{ path }] }, query);
      }
    });

    t.test('a message has an ETag, and is not sent again to who has it', async (t) => {
      const first = await ben.get(`/messages/${id}-7`);
      const etag = first.headers.get('etag') ?? '';
      t.ok(etag);
      t.equal(first.headers.get('cache-control'), 'private, no-cache');
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await ben.get(`/messages/${id}-7`, { headers: { 'if-none-match': tag } });
        t.equal(again.status, 304, tag);
        t.equal(again.body, '');
      }
      const changed = await ben.get(`/messages/${id}-7`, {
        headers: { 'if-none-match': '"other"' },
      });
      t.equal(changed.status, 200);
    });

    t.test('a batch gives what there is, once and in order, and names the rest', async (t) => {
      const other = await ana.open('eve');
      await ana.postMessage(other, 'for eve alone');
      const ids = [
        `${id}-9`,
        `${id}-3`,
        `${id}-9`,
        `${id}-41`,
        `${other}-1`,
        'x',
        `0${id}-1`,
        `${id}-1-1`,
      ];
      const { status, body } = await ben.get(`/messages?ids=${ids.join(',')}`);
      t.equal(status, 200);
      t.same(
        body.messages.map((message: { id: string }) => message.id),
        [`${id}-9`, `${id}-3`],
      );
      t.same(body.missing, [`${id}-41`, `${other}-1`, 'x', `0${id}-1`, `${id}-1-1`]);
      const both = await ana.get(`/messages?ids=${id}-1,${other}-1`);
      t.equal(both.body.messages.length, 2);
    });

    t.test('a batch takes 1 to 100 ids', async (t) => {
      const list = (count: number) =>
        range(1, count)
          .map((n) => `${id}-${n}`)
          .join(',');
      t.equal((await ben.get(`/messages?ids=${list(100)}`)).body.messages.length, 40);
      for (const query of [`?ids=${list(101)}`, '?ids=', '']) {
        const { status, body } = await ben.get(`/messages${query}`);
        t.equal(status, 400, query.slice(0, 20));
        t.equal(body.errors[0].path, 'ids');
      }
    });

    t.test('unknown, malformed and foreign are the same 404', async (t) => {
      const paths = (conversation: string, message: string) => [
        `/messages/${message}`,
        `/conversations/${conversation}`,
        `/conversations/${conversation}/messages`,
      ];
      const absent = await Promise.all(paths('99999', '99999-1').map((path) => eve.get(path)));
      for (const [conversation, message] of [
        [id, `${id}-1`],
        ['x', 'x'],
        ['-1', '1-'],
        ['1e1', '1-1e1'],
        ['9'.repeat(200), '9'.repeat(200)],
        ['%00', `${id}-%00`],
      ] as const) {
        const answers = await Promise.all(
          paths(conversation, message).map((path) => eve.get(path)),
        );
        for (const [index, { status, body }] of answers.entries()) {
          t.equal(status, 404, `${conversation} ${message}`);
          t.same({ ...body, requestId: '' }, { ...absent[index]?.body, requestId: '' });
        }
      }
      t.equal((await ben.get(`/messages/${id}-41`)).status, 404);
    });

    t.test('a body that cannot be stored is a 400 that names it', async (t) => {
      for (const body of [
        '',
        '  \n\t ',
        'x'.repeat(4001),
        '😀'.repeat(4001),
        'a\0b',
        'a\ud800b',
        7,
        null,
      ]) {
        const answer = await ana.postMessage(id, body);
        t.equal(answer.status, 400, JSON.stringify(body)?.slice(0, 20));
        t.equal(answer.body.errors[0].path, 'body');
      }
      const missing = await ana.post(`/conversations/${id}/messages`, { json: {} });
      t.match(missing, { status: 400, body: { errors: [{ path: 'body' }] } });
      const last = (await page('?limit=1')).messages[0].sequence;
      t.equal(last, 40, 'nothing was stored');
    });

    t.test('4,000 code points of four bytes each are stored', async (t) => {
      const { status, body } = await ana.postMessage(id, '😀'.repeat(4000));
      t.equal(status, 201);
      t.equal((await ben.get(`/messages/${body.id}`)).body.body, '😀'.repeat(4000));
    });
  });
}

test('a page of any size at any position is what a plain list would give', async (t) => {
  for (let last = 0; last <= 12; last += 1) {
    const all = Array.from({ length: last }, (_, index) => index + 1);
    const cut = ({ from, to }: { from: number; to: number }) =>
      all.filter((n) => n >= from && n <= to);
    for (let limit = 1; limit <= 5; limit += 1) {
      t.same(cut(rangeOf({ limit }, last)), all.slice(-limit));
      for (let position = 0; position <= 15; position += 1) {
        const before = cut(rangeOf({ before: position, limit }, last));
        const after = cut(rangeOf({ after: position, limit }, last));
        const around = cut(rangeOf({ around: position, limit }, last));
        t.same(before, all.filter((n) => n < position).slice(-limit));
        t.same(after, all.filter((n) => n > position).slice(0, limit));
        t.equal(around.length, Math.min(limit, last));
        if (position >= 1 && position <= last) t.ok(around.includes(position));
      }
    }
  }
});
