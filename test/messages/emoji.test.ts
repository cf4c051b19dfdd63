import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { react, read, unreact } from './support/changes.ts';

/** Fully qualified, as they come back. */
const GOOD = [
  '👍',
  '👍🏽',
  '☝🏿',
  '❤️',
  '❤️‍🔥',
  '☺️',
  '©️',
  '🅰️',
  '㊙️',
  '#️⃣',
  '*️⃣',
  '0️⃣',
  '9️⃣',
  '🇩🇪',
  '🇺🇳',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  '🏳️‍🌈',
  '🏴‍☠️',
  '👁️‍🗨️',
  '👨‍👩‍👧‍👦',
  '🧑🏾‍🤝‍🧑🏻',
  '👩🏻‍❤️‍💋‍👨🏿',
  '🫱🏻‍🫲🏿',
  '🏃🏽‍♀️‍➡️',
  '⛹️‍♂️',
  '⛹🏽‍♂️',
  '🧑‍⚕️',
  '🏿',
];

/** As typed, and as it comes back. */
const VARIANTS: [typed: string, canonical: string][] = [
  ['\u2764', '❤️'],
  ['\u2764\u200d\u{1f525}', '❤️‍🔥'],
  ['\u{1f3f3}\u200d\u{1f308}', '🏳️‍🌈'],
  ['\u{1f441}\u200d\u{1f5e8}\ufe0f', '👁️‍🗨️'],
  ['\u{1f441}\ufe0f\u200d\u{1f5e8}', '👁️‍🗨️'],
  ['#\u20e3', '#️⃣'],
  ['\u{1f44d}\ufe0f', '👍'],
  ['\u261d\ufe0f\u{1f3ff}', '☝🏿'],
  ['\u{1f9d1}\u200d\u2695', '🧑‍⚕️'],
];

const BAD = [
  '',
  'a',
  '1',
  '#',
  '+1',
  ':heart:',
  ' ',
  ' 👍',
  '👍 ',
  '👍👍',
  '👍❤️',
  '❤️❤️',
  '\ufe0f',
  '❤\ufe0e',
  '❤\ufe0f\ufe0f',
  '\ufe0f❤',
  '\u200d',
  '👩\u200d',
  '👩\u200d👩\u200d👩\u200d👩\u200d👩',
  '❤🏽',
  '🇩',
  '🇽🇽',
  '🇩🇪🇩🇪',
  '🏴\u{e0067}\u{e007f}',
  '1️⃣0️⃣',
  'é',
  '字',
  '\u{10ffff}',
  '\ue000',
  '\0',
  '👍\0',
  '%',
  '👍/👍',
  '👍'.repeat(100),
];

for (const store of storeNames) {
  test(`emoji, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const id = await ana.open('ben');
    const post = async () => (await ana.postMessage(id, 'react to this one')).body.id as string;
    const emojiOf = async (message: string) =>
      (await read(ben, message)).reactions.map(({ emoji }: { emoji: string }) => emoji);

    t.test('each kind comes back to the byte', async (t) => {
      for (const part of [GOOD.slice(0, 14), GOOD.slice(14)]) {
        const message = await post();
        for (const emoji of part) {
          const { status, body } = await react(ana, message, emoji);
          t.equal(status, 200, emoji);
          t.match(body.reactions.at(-1), { emoji, count: 1, mine: true });
        }
        t.same(await emojiOf(message), part);
        for (const emoji of part) {
          const page = await ben.get(
            `/messages/${message}/reactions?emoji=${encodeURIComponent(emoji)}`,
          );
          t.same(page.body.reactions, [{ emoji, username: 'ana' }]);
        }
        for (const emoji of part) t.equal((await unreact(ana, message, emoji)).status, 200);
        t.same(await emojiOf(message), []);
      }
    });

    t.test('however it was typed, it is one reaction', async (t) => {
      for (const [typed, canonical] of VARIANTS) {
        const message = await post();
        t.not(typed, canonical);
        await react(ana, message, typed);
        await react(ben, message, canonical);
        t.match((await react(ana, message, canonical)).body, {
          version: 3,
          reactions: [{ emoji: canonical, count: 2, mine: true }],
        });
        t.equal((await unreact(ana, message, canonical)).body.reactions[0].count, 1);
        t.same((await unreact(ben, message, typed)).body.reactions, []);
      }
    });

    t.test('whatever else is a 400 that names it, and nothing is stored', async (t) => {
      const message = await post();
      for (const text of BAD) {
        for (const answer of [await react(ana, message, text), await unreact(ana, message, text)]) {
          t.match(
            answer,
            { status: 400, body: { code: 'invalid_input', errors: [{ path: 'emoji' }] } },
            JSON.stringify(text),
          );
        }
      }
      t.match(await read(ana, message), { reactions: [], version: 1 });
    });

    t.test('what is no path to a reaction leads nowhere', async (t) => {
      const message = await post();
      const put = (rest: string) => ana.put(`/messages/${message}/reactions${rest}`);
      t.equal((await put('')).status, 404);
      t.equal((await put(`/${'x'.repeat(301)}`)).status, 404);
      t.equal((await put('/👍/👍')).status, 404);
      t.equal((await put('/%F0%9F%91')).status, 400);
      t.equal((await put('/%ED%A0%80')).status, 400);
      t.equal((await put('/👍')).status, 200, 'fetch encodes it');
      t.same(await emojiOf(message), ['👍']);
    });
  });
}
