import { test } from 'tap';
import { startApp } from '../support/app.ts';

test('passwords that everybody tries first are refused wherever one is set', async (t) => {
  const app = await startApp(t);
  const register = (password: string, username = 'carol') =>
    app.request('POST', '/auth/register', {
      json: { username, email: `${username}@example.org`, password },
    });
  const refused = [
    'qwerty123456',
    'QWERTY123456',
    '1qaz2wsx3edc',
    'password1234',
    'passwordpassword',
    'PasswordPassword',
    'administrator',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '123412341234',
    '123456789012',
    '098765432109',
    'abcdefghijklm',
    'zyxwvutsrqponm',
    '           a           a',
    'carolcarolcarol',
    'carol@example.org',
    // Full-width letters are the same to whoever types them.
    'ｐａｓｓｗｏｒｄ１２３４',
  ];
  for (const password of refused) {
    const { status, body } = await register(password);
    t.equal(status, 400, password);
    t.match(body.errors, [{ path: 'password', message: /tries first/ }]);
  }
  const accepted = [
    'correct horse battery',
    'пароль с пробелами',
    '🔔🎉🔔🔔🥁🔔🔔🔔🎺🔔🔔🎉',
    `${'wxyz'.repeat(31)}abcd`,
  ];
  for (const [n, password] of accepted.entries())
    t.equal((await register(password, `user${n}`)).status, 201, password);
  for (const length of [11, 129])
    t.equal((await register('q7'.repeat(65).slice(0, length), 'dan')).status, 400, `${length}`);
});
