import { test } from 'tap';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { until } from '../support/until.ts';

for (const store of storeNames) {
  test(`a deleted account leaves what others read, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const zoe = await app.signUp('zoe');
    const direct = await ana.open('ben');
    const notes = await ana.open('ana');
    const room = await ana.createRoom('Bell ringers', { members: ['ben', 'zoe'] });
    const alone = await ana.createRoom('Mine alone');
    await ana.postMessage(direct, 'between the two of us');
    await ben.postMessage(direct, 'an answer to it');
    await ana.postMessage(notes, 'a note of my own');
    await ana.postMessage(room, 'said to everybody');
    await ben.put('/users/ana/block');
    await ben.delete('/users/ana/block');
    const versionOf = async (id: string) => (await ben.get(`/conversations/${id}`)).body;
    const [held, heldRoom] = [await versionOf(direct), await versionOf(room)];
    const [hers, his] = await Promise.all([ana.socket(), ben.socket()]);

    t.equal((await ana.delete('/users/me')).status, 204);
    t.equal(await hers.closed, 4403);
    t.equal((await ana.get('/users/me')).status, 401);
    t.equal((await ana.delete('/users/me')).status, 401);
    for (const username of ['ana', 'ana@example.org', 'deleted:1']) {
      const json = { username, password: PASSWORD };
      t.equal((await app.request('POST', '/auth/login', { json })).status, 401);
    }
    t.equal(
      (await app.request('POST', '/auth/refresh', { json: { refreshToken: ana.refreshToken } }))
        .status,
      401,
    );

    // She is nowhere to be found,
    t.equal((await ben.get('/users/ana')).status, 404);
    t.same(
      (await ben.get('/users')).body.users.map(({ username }: { username: string }) => username),
      ['ben', 'zoe'],
    );
    t.equal((await ben.put('/conversations/direct/ana')).status, 404);
    t.equal((await ben.put('/users/ana/block')).status, 404);
    t.equal((await ben.put(`/conversations/${room}/members/ana`)).status, 404);

    // and what she said can be read.
    await his.waitForEvent('conversation.updated', direct);
    const { body: page } = await ben.get(`/conversations/${direct}/messages`);
    t.match(page.messages, [
      { body: 'between the two of us', sender: /^deleted:\d+$/ },
      { body: 'an answer to it', sender: 'ben' },
    ]);
    const { sender } = page.messages[0];
    t.same((await ben.get(`/messages/${direct}-1`)).body, page.messages[0]);
    t.same((await ben.get(`/messages?ids=${direct}-1`)).body.messages, [page.messages[0]]);
    t.match((await ben.get(`/users/${sender}`)).body, { displayName: 'Deleted user', about: '' });
    t.match((await ben.get(`/conversations/${direct}`)).body, {
      with: { username: sender, displayName: 'Deleted user', online: false, lastSeenAt: null },
    });
    t.match((await ben.get('/messages/search?q=everybody')).body, {
      messages: [{ sender }],
    });
    for (const act of [
      ben.postMessage(direct, 'is anybody there'),
      ben.patch(`/messages/${direct}-2`, { json: { body: 'an edit' } }),
      ben.put(`/messages/${direct}-1/reactions/${encodeURIComponent('👋')}`),
    ])
      t.match(await act, { status: 409, body: { code: 'user_deleted' } });
    t.match(await ben.put(`/conversations/direct/${sender}`), { status: 404 });
    t.equal(
      (await ben.delete(`/messages/${direct}-2`)).status,
      204,
      'what one said one may take back',
    );

    // She has left her rooms; they have another owner.
    await until(async () => (await ben.get(`/conversations/${room}`)).body.memberCount === 2);
    t.match((await zoe.get(`/conversations/${room}/members`)).body.members, [
      { username: 'ben', role: 'owner' },
      { username: 'zoe' },
    ]);

    // Whoever holds her name is told to read anew.
    const known = (one: { lastSequence: number; version: number }) => [
      one.lastSequence,
      one.version,
    ];
    const json = { conversations: { [direct]: known(held), [room]: known(heldRoom) } };
    t.match((await ben.post('/sync', { json })).body.events, [
      { event: 'conversation.reset', id: direct },
      { event: 'conversation.reset', id: room },
    ]);

    // Nothing personal is left in the store.
    await until(async () => {
      const rows = await app.db.selectFrom('conversations').select('id').execute();
      return !rows.some(({ id }) => [notes, alone].includes(String(id)));
    });
    for (const table of ['users', 'sessions', 'mail_tokens', 'members', 'audit_entries'] as const) {
      const rows = JSON.stringify(await app.db.selectFrom(table).selectAll().execute());
      t.notMatch(rows, /"ana|ana@/, table);
    }
    const bodies = await app.db.selectFrom('messages').select('body').execute();
    t.notOk(bodies.some(({ body }) => body === 'a note of my own'));

    // Her name is free, and whoever takes it is somebody else.
    const other = await app.signUp('ana');
    t.equal((await other.get(`/conversations/${direct}`)).status, 404);
    t.equal((await ben.get(`/conversations/${direct}`)).body.with.username, sender);
    const refused = await app.request('POST', '/auth/register', {
      json: { username: sender, email: 'x@example.org', password: PASSWORD },
    });
    t.equal(refused.status, 400, 'nobody registers as a deleted user');
  });

  test(`a deletion meets posts, joins and sign-ins, in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const ben = await app.signUp('ben');
    for (let round = 0; round < 4; round += 1) {
      const name = `ana${round}`;
      const ana = await app.signUp(name);
      const rooms = await Promise.all(
        Array.from({ length: 5 }, (_, n) => ben.createRoom(`Room ${n}`)),
      );
      const direct = await ana.open('ben');
      const answers = await Promise.all([
        ana.delete('/users/me'),
        ana.delete('/users/me'),
        ...rooms.map((id) => ben.put(`/conversations/${id}/members/${name}`)),
        ...rooms.map(() =>
          app.request('POST', '/auth/login', { json: { username: name, password: PASSWORD } }),
        ),
        ...rooms.map((_, n) => ana.postMessage(direct, `last words ${n} of ${name}`)),
        ...rooms.map(() => ana.patch('/users/me', { json: { displayName: 'Somebody' } })),
      ]);
      t.ok(
        answers.every(({ status }) => status < 500),
        answers.map(({ status }) => status).join(),
      );
      t.ok(answers.slice(0, 2).some(({ status }) => status === 204));
      for (const { status, body } of answers) {
        if (status !== 200 || body.accessToken === undefined) continue;
        t.equal((await app.request('GET', '/users/me', { token: body.accessToken })).status, 401);
      }
      await until(async () => {
        const counts = await Promise.all(
          rooms.map(async (id) => (await ben.get(`/conversations/${id}`)).body.memberCount),
        );
        return counts.every((count) => count === 1);
      });
      const row = await app.db
        .selectFrom('users')
        .select(['display_name', 'deleted_at'])
        .where('username', 'like', 'deleted:%')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
      t.equal(row.display_name, 'Deleted user');
    }
  });
}
