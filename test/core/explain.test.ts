import { createHash } from 'node:crypto';
import { CompiledQuery, sql } from 'kysely';
import { test } from 'tap';
import type { Database, Statement } from '../../src/core/database.ts';
import { isSqlite } from '../../src/core/dialect.ts';
import { signUpAdmin } from '../admin/support.ts';
import { indexAll } from '../messages/support/search.ts';
import { startApp } from '../support/app.ts';
import { fillStore } from '../support/bulk.ts';
import { storeNames } from '../support/databases.ts';
import { PASSWORD } from '../support/http.ts';
import { newSubscription, vapidSettings } from '../support/push-service.ts';
import { until } from '../support/until.ts';

/** One step of a plan: how a table is reached. */
interface Access {
  table: string;
  /** The index, `PRIMARY` for the clustered key, or `none` for a scan of the whole table. */
  index: string;
  /** Everything else that the database says of the step. */
  detail: string;
}

async function explain(db: Database, { sql: text, parameters }: Statement): Promise<Access[]> {
  const run = async (prefix: string) =>
    (await db.executeQuery(CompiledQuery.raw(`${prefix} ${text}`, [...parameters]))).rows as Record<
      string,
      string
    >[];
  if (!isSqlite(db)) {
    return (await run('explain')).map(({ table, type, key, Extra: extra }) => ({
      table: String(table),
      index: isTableScan(String(table), String(type)) ? 'none' : String(key),
      detail: `${type} ${extra}`,
    }));
  }
  return (await run('explain query plan')).map(({ detail = '' }) => ({
    table: /^(?:SEARCH|SCAN) (\S+)/.exec(detail)?.[1] ?? '',
    index: sqliteIndex(detail),
    detail,
  }));
}

/** In angle brackets is what a part of the statement found, and `asked` is what it was given to look up: no tables. */
const isTableScan = (table: string, type: string): boolean =>
  /^(ALL|index)$/.test(type) && !table.startsWith('<') && table !== 'asked';

function sqliteIndex(detail: string): string {
  // `page` is a subquery of the statement itself, with a limit; a VALUES clause is what it was given to look up. What a
  // subquery without a name is made of has steps of its own.
  const fullText = /^SCAN (\S+) VIRTUAL TABLE INDEX/.exec(detail)?.[1];
  if (fullText !== undefined) return fullText;
  if (/^SCAN (?!CONSTANT|\d+-ROW VALUES|\(subquery-|page)/.test(detail)) return 'none';
  if (/USING (INTEGER )?PRIMARY KEY/.test(detail)) return 'PRIMARY';
  // SQLite names the indexes of unique constraints itself, by their number.
  return /USING (?:COVERING )?INDEX (\S+)/.exec(detail)?.[1] ?? '';
}

const THUMB = encodeURIComponent('👍');

for (const store of storeNames) {
  test(`every statement that serves a request uses its index, in ${store}`, async (t) => {
    const statements: Statement[] = [];
    const app = await startApp(t, {
      store,
      onStatement: (statement) => statements.push(statement),
    });
    await fillStore(app.db);
    const ana = await app.signUp('ana');
    const ben = await app.signUp('ben');
    const root = await signUpAdmin(app, 'root');
    const id = await ana.open('ben');
    for (let n = 0; n < 60; n += 1) await ana.postMessage(id, `message ${n} of ana`, `key-${n}`);
    const rooms: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      const topic = `room ${n} for talk of ${n} and more`;
      rooms.push(await ana.createRoom(`Room ${n}`, { topic, visibility: 'public' }));
    }
    const [room, ending] = rooms;
    const analyze =
      store === 'sqlite'
        ? 'analyze'
        : 'analyze table users, sessions, conversations, members, messages, room_words, search_heads, search_documents';
    await indexAll(app.db);
    await sql.raw(analyze).execute(app.db);
    await ana.postMessage(id, 'message 60 is not indexed yet');

    /** The plans of all that one request runs, but for what only begins or ends a transaction. */
    async function plansOf(request: () => Promise<unknown>): Promise<Access[][]> {
      statements.length = 0;
      await request();
      const own = statements.filter(
        // Dead processes are looked for beside all requests, in a table of some rows.
        ({ sql: text }) => /^\s*(select|update|delete)(?!.* from .processes)/is.test(text),
      );
      return Promise.all([...own].map((statement) => explain(app.db, statement)));
    }
    const reached = (plans: Access[][], table: string) =>
      plans.flat().filter((access) => access.table === table);

    const page = `/conversations/${id}/messages`;
    const requests: Record<string, () => Promise<unknown>> = {
      'a post': () => ana.postMessage(id, 'one more message', 'another key'),
      'a repeated post': () => ana.postMessage(id, 'one more message', 'another key'),
      'a message by id': () => ana.get(`/messages/${id}-7`),
      'a batch': () => ana.get(`/messages?ids=${id}-7,${id}-9,1-1,2-2,3-3`),
      'the last messages': () => ana.get(page),
      'messages before': () => ana.get(`${page}?before=40`),
      'messages after': () => ana.get(`${page}?after=10`),
      'messages around': () => ana.get(`${page}?around=30`),
      'a conversation': () => ana.get(`/conversations/${id}`),
      'my conversations': () => ana.get('/conversations'),
      'more of my conversations': () => ana.get('/conversations?before=9999999999999.1'),
      'opening a conversation': () => ana.put('/conversations/direct/ben'),
      'an edit': () => ana.patch(`/messages/${id}-7`, { json: { body: 'edited by ana' } }),
      'a deletion': () => ana.delete(`/messages/${id}-9`),
      'a reaction': () => ana.put(`/messages/${id}-7/reactions/${THUMB}`),
      'a message with reactions': () => ana.get(`/messages/${id}-7`),
      'who reacted': () => ana.get(`/messages/${id}-7/reactions`),
      'more of who reacted': () =>
        ana.get(`/messages/${id}-7/reactions?emoji=${THUMB}&after=${THUMB}.ana`),
      'taking a reaction back': () => ana.delete(`/messages/${id}-7/reactions/${THUMB}`),
      'making a room': () => ana.createRoom('One more', { members: ['ben', 'filler7'] }),
      'changing a room': () =>
        ana.patch(`/conversations/${room}`, { json: { title: 'Another title' } }),
      'joining a room': () => ben.put(`/conversations/${room}/members/ben`),
      'adding to a room': () => ana.put(`/conversations/${room}/members/filler9`),
      'a change of roles': () =>
        ana.put(`/conversations/${room}/members/ben`, { json: { role: 'owner' } }),
      'stepping down': () =>
        ana.put(`/conversations/${room}/members/ana`, { json: { role: 'member' } }),
      'the members': () => ana.get(`/conversations/${room}/members`),
      'more members': () => ana.get(`/conversations/${room}/members?after=ana`),
      'leaving a room': () => ben.delete(`/conversations/${room}/members/ben`),
      'ending a room': () => ana.delete(`/conversations/${ending}`),
      'the public rooms': () => ana.get('/rooms'),
      'more public rooms': async () => {
        const { next } = (await ana.get('/rooms?limit=5')).body;
        return ana.get(`/rooms?limit=5&after=${next}`);
      },
      'a search in the rooms': () => ana.get('/rooms?search=talk'),
      'a search for several words': () => ana.get('/rooms?search=ro+3+talk'),
      'a search of messages': () => ana.get('/messages/search?q=message'),
      'a search for a phrase and a beginning': () =>
        ana.get('/messages/search?q="message 7" an*&before=9999999999999.9.9'),
      'a search in a conversation': () => ana.get(`/messages/search?q=ana&conversation=${id}`),
      'catching up': () => ana.post('/sync', { json: { conversations: { [id]: [1, 1] } } }),
      'the directory': () => ana.get('/users?after=filler2'),
      'a search in it': () => ana.get('/users?search=somebody 12&limit=5'),
      'a profile': () => ana.get('/users/ben'),
      'a block': () => ana.put('/users/ben/block'),
      'whom one has blocked': () => ana.get('/users/me/blocks?after=a'),
      'its end': () => ana.delete('/users/ben/block'),
      'opening a new conversation': () => ana.put('/conversations/direct/filler7'),
      oneself: () => ana.get('/users/me'),
      'signing in': () =>
        app.request('POST', '/auth/login', {
          json: { username: 'ben@example.org', password: 'x' },
        }),
      refreshing: () =>
        app.request('POST', '/auth/refresh', { json: { refreshToken: ana.refreshToken } }),
    };
    // Last, because some of them end what the others need.
    Object.assign(requests, {
      'the devices': () => ana.get('/auth/sessions'),
      'no push to a device any more': () => ana.delete('/push/subscriptions/1'),
      'a change of the profile': () => ana.patch('/users/me', { json: { about: 'Rings bells' } }),
      'a change of the password': () =>
        ben.put('/users/me/password', {
          json: { currentPassword: PASSWORD, password: 'a newer password for tests' },
        }),
      'a link that is not good': () =>
        app.request('POST', '/auth/reset-password', { json: { token: 'x', password: PASSWORD } }),
      'an admin looks for users': () => root.get('/admin/users?search=somebody 12&limit=5'),
      'an admin pages through them': () => root.get('/admin/users?after=filler2'),
      'an admin looks for rooms': () => root.get('/admin/rooms?search=room&limit=5'),
      'an admin disables a user': () =>
        root.patch('/admin/users/ben', { json: { disabled: true, role: 'user' } }),
      'the audit log': () => root.get('/admin/audit?before=1000'),
      'an admin deletes a message': () => root.delete(`/admin/messages/${id}-11`),
      'an admin deletes a user': () => root.delete('/admin/users/ben'),
      'signing out everywhere': () => root.post('/auth/logout-all'),
    });
    for (const [name, request] of Object.entries(requests)) {
      t.test(`${name}: no scan of a table`, async (t) => {
        const plans = await plansOf(request);
        t.ok(plans.length > 0);
        for (const access of plans.flat()) t.not(access.index, 'none', JSON.stringify(access));
      });
    }

    t.test('the last messages are one range of the clustered key, already in order', async (t) => {
      for (const query of ['', '?before=40', '?after=10', '?around=30']) {
        const plans = await plansOf(() => ana.get(page + query));
        t.match(reached(plans, 'messages'), [
          { index: 'PRIMARY', detail: /range|sequence>\? AND sequence<\?/ },
        ]);
        t.notMatch(
          plans
            .flat()
            .map(({ detail }) => detail)
            .join(),
          /filesort|TEMP B-TREE/,
        );
      }
    });

    t.test('a search of messages goes by the full-text index', async (t) => {
      const plans = await plansOf(() => ana.get('/messages/search?q=message of ana'));
      const table = store === 'sqlite' ? 'search_terms' : 'search_documents';
      t.match(reached(plans, table), [{ index: /^search_terms$|^search_documents_terms$/ }]);
    });

    t.test(
      'a batch is read by its keys, however much there is in one’s conversations',
      async (t) => {
        const rooms = await Promise.all(
          Array.from({ length: 30 }, (_, n) => ana.createRoom(`of many ${n}`)),
        );
        const ids = rooms.map((room) => `${room}-1`).join();
        const plans = await plansOf(() => ana.get(`/messages?ids=${ids},${id}-7,${id}-9`));
        const looks = reached(plans, 'messages');
        t.ok(looks.length > 0);
        for (const { detail } of looks) t.match(detail, /sequence=\?|^(range|eq_ref|const)/);
      },
    );

    t.test(
      'a message by id is one look-up of its key, joined with one of the membership',
      async (t) => {
        const plans = await plansOf(() => ana.get(`/messages/${id}-7`));
        const [own] = plans.filter((plan) => plan.some(({ table }) => table === 'messages'));
        for (const table of ['messages', 'members']) {
          t.match(
            own?.filter((access) => access.table === table),
            [{ index: /PRIMARY|autoindex/, detail: /const|eq_ref|=\?/ }],
            table,
          );
        }
      },
    );
  });

  test(`who is pushed to is found by keys, in ${store}`, async (t) => {
    const statements: Statement[] = [];
    const app = await startApp(t, {
      store,
      env: vapidSettings(),
      onStatement: (statement) => statements.push(statement),
    });
    await fillStore(app.db);
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const others = Array.from({ length: 2_000 }, (_, n) => ({
      id: 1_000_000 + n,
      hash: createHash('sha256').update(`${n}`).digest(),
    }));
    const subscriptions = others.map(({ id, hash }) => ({
      ...{ user_id: id, session_id: id, endpoint_hash: hash, endpoint: `https://a.example/${id}` },
      ...{ p256dh: 'x', auth: 'x', created_at: 0, succeeded_at: null },
    }));
    const { id: user_id } = await app.db.selectFrom('users').select('id').executeTakeFirstOrThrow();
    const sessions = others.map(({ hash }) => ({
      ...{ user_id, family_hash: hash, refresh_hash: hash, previous_refresh_hash: null },
      ...{ refreshed_at: 0, created_at: 0, expires_at: 0, ended_at: null },
    }));
    await app.db.insertInto('push_subscriptions').values(subscriptions).execute();
    await app.db.insertInto('sessions').values(sessions).execute();
    const analyze =
      store === 'sqlite' ? 'analyze' : 'analyze table push_subscriptions, sessions, members';
    await sql.raw(analyze).execute(app.db);
    const json = newSubscription('http://127.0.0.1:1/push');
    await ben.put('/push/subscriptions', { json });
    await ana.postMessage(await ana.open('ben'), 'hi');
    const found = () =>
      statements.find(({ sql: text }) =>
        /^select (?=.*push_subscriptions).* from .members. /s.test(text),
      );
    await until(() => found() !== undefined);
    const plan = await explain(app.db, found() as Statement);
    t.ok(plan.length >= 3);
    // Of processes there are some rows.
    for (const access of plan.filter(({ table }) => table !== 'processes'))
      t.not(access.index, 'none', JSON.stringify(plan));
  });
}
