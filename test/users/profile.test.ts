import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

for (const store of storeNames) {
  test(`a profile, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const zoe = await app.signUp('zoe');
    await ana.open('ben');
    const [hers, his, strangers] = await Promise.all([ana.socket(), ben.socket(), zoe.socket()]);

    const { status, body } = await ana.patch('/users/me', {
      json: { displayName: ' Ana 🔔 Łucka ', about: 'Rings the bells\nof St. Mary' },
    });
    t.match(
      [status, body],
      [
        200,
        {
          displayName: 'Ana 🔔 Łucka',
          about: 'Rings the bells\nof St. Mary',
          email: 'ana@example.org',
        },
      ],
    );
    await his.waitForEvent('user.updated', 'ana');
    await hers.waitForEvent('user.updated', 'ana');
    t.match((await ben.get('/users/ana')).body, { displayName: 'Ana 🔔 Łucka' });
    t.equal(
      (await ben.get('/conversations')).body.conversations[0].with.displayName,
      'Ana 🔔 Łucka',
    );
    t.match((await zoe.get('/users?search=ANA+%F0%9F%94%94+%C5%82u')).body.users, [
      { username: 'ana' },
    ]);
    t.match((await ana.patch('/users/me', { json: { about: '' } })).body, { about: '' });
    t.match((await ana.patch('/users/me', { json: {} })).body, { about: '', displayName: /Ana/ });

    const refused: [object, string][] = [
      [{ displayName: '' }, 'displayName'],
      [{ displayName: ' ' }, 'displayName'],
      [{ displayName: 'x'.repeat(65) }, 'displayName'],
      [{ displayName: null }, 'displayName'],
      [{ displayName: 'a\0b' }, 'displayName'],
      [{ about: 'x'.repeat(501) }, 'about'],
      [{ about: '\ud800' }, 'about'],
      [{ email: 'other@example.org' }, 'email'],
      [{ role: 'admin' }, 'role'],
      [{ username: 'anna' }, 'username'],
    ];
    for (const [json, path] of refused) {
      const answer = await ana.patch('/users/me', { json });
      t.equal(answer.status, 400, JSON.stringify(json));
      t.match(answer.body.errors, [{ path }]);
    }
    t.match((await ana.get('/users/me')).body, {
      role: 'user',
      username: 'ana',
      email: 'ana@example.org',
    });
    t.notOk(
      strangers.frames.some(({ event }) => event === 'user.updated'),
      'strangers hear nothing',
    );
  });
}
