import { test } from 'tap';
import { Doorbell, initialsOf } from '../../src/client/index.ts';
import { startApp } from '../support/app.ts';
import { startMailbox, tokenIn } from '../support/mailbox.ts';
import { recording } from '../support/recorder.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct horse battery';

test('a client looks after its own account', async (t) => {
  const mailbox = await startMailbox(t);
  const app = await startApp(t, { env: { SMTP_URL: mailbox.url } });
  const device = () => {
    const client = new Doorbell({ url: app.url, ...recording });
    t.teardown(() => client.close());
    return client;
  };
  const [phone, laptop, ben] = [device(), device(), device()];
  await phone.register({ username: 'ana', email: 'ana@example.org', password: PASSWORD });
  await ben.register({ username: 'ben', email: 'ben@example.org', password: PASSWORD });
  await laptop.login('ana', PASSWORD);
  await Promise.all([phone, laptop, ben].map((client) => client.connect()));
  const { id } = await ben.openDirect('ana');

  // A new name rings at whoever shares a conversation, whose client then shows it.
  t.match(await phone.account.changeProfile({ displayName: 'Ana B.' }), { displayName: 'Ana B.' });
  await until(() => ben.conversation(id)?.with?.displayName === 'Ana B.');
  t.equal(phone.me?.displayName, 'Ana B.');
  await until(() => laptop.me?.displayName === 'Ana B.');

  const sessions = await phone.account.listSessions();
  t.match(sessions, [{ current: false }, { current: true }]);
  await phone.account.endSession(sessions[0]?.id ?? '');
  await until(() => laptop.state === 'signedOut');

  await laptop.login('ana', PASSWORD);
  await phone.account.changePassword(PASSWORD, 'a newer horse battery');
  await t.rejects(laptop.api.getMe(), { code: 'signed_out' });
  await t.rejects(phone.account.changePassword(PASSWORD, 'yet another horse'), {
    code: 'wrong_password',
  });
  t.equal(phone.state, 'live', 'a wrong password signs nobody out');

  await laptop.account.forgotPassword('ana@example.org');
  const token = tokenIn(await mailbox.newest('ana@example.org', 2));
  await laptop.account.resetPassword(token, PASSWORD);
  await until(() => phone.state === 'signedOut');
  await phone.login('ana', PASSWORD);

  await phone.account.changeEmail('new@example.org', PASSWORD);
  await laptop.account.confirmEmail(tokenIn(await mailbox.newest('new@example.org')));
  t.equal((await phone.api.getMe()).email, 'new@example.org');

  await laptop.login('ana', PASSWORD);
  await laptop.connect();
  await phone.logoutAll();
  await until(() => laptop.state === 'signedOut');
  t.equal(phone.me, undefined);

  await phone.login('ana', PASSWORD);
  await phone.deleteAccount();
  t.equal(phone.me, undefined);
  await t.rejects(phone.login('ana', PASSWORD), { code: 'wrong_credentials' });
  await until(() => ben.conversation(id)?.with?.displayName === 'Deleted user');
  await t.rejects(ben.post(id, 'Are you there?'), { code: 'user_deleted' });
});

test('initials stand in place of a picture', async (t) => {
  const initials: Record<string, string> = {
    ana: 'A',
    'Ana Bell': 'AB',
    'Ana Maria de Bell': 'AB',
    'ana.bell': 'AB',
    'Łucja Żak': 'ŁŻ',
    'e\u0301mile zola': 'E\u0301Z',
    '🔔 Bell Ringer': 'BR',
    '🔔🎉': '🔔',
    山田太郎: '山',
    '  ana  ': 'A',
    '': '',
  };
  for (const [name, expected] of Object.entries(initials))
    t.equal(initialsOf(name), expected, name);
});
