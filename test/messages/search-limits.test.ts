import { test } from 'tap';
import { startApp } from '../support/app.ts';

test('a search costs what it can find, however it is worded', async (t) => {
  const app = await startApp(t);
  const ana = await app.signUp('ana');
  const id = await ana.open('ana');
  for (let n = 0; n < 60; n += 1) await ana.postMessage(id, 'a '.repeat(1_990));
  const search = (q: string) => ana.get(`/messages/search?limit=100&q=${encodeURIComponent(q)}`);

  t.test('what is named a hundred times is looked for once', async (t) => {
    const once = await search('a');
    const often = await search('a '.repeat(99));
    t.equal(often.body.messages.length, 60);
    t.same(often.body, once.body);
  });

  t.test('of what stands there very often, the first hundred are marked', async (t) => {
    const { body } = await search('a');
    t.equal(body.messages[0].highlights.length, 100);
  });

  t.test('more than 32 different words are a 400 that says so', async (t) => {
    const words = Array.from({ length: 32 }, (_, n) => `w${n}`);
    t.equal((await search(words.join(' '))).status, 200);
    const { status, body } = await search([...words, 'w32'].join(' '));
    t.equal(status, 400);
    t.match(body.errors, [{ path: 'q' }]);
  });

  t.test('others get their turn while it runs', async (t) => {
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await search('a "a a" "a a a" "a a a a" "a a a a a" b* "a b"');
    clearInterval(ticks);
    t.ok(longest < 500, `nobody else had a turn for ${Math.round(longest)} ms`);
  });
});
