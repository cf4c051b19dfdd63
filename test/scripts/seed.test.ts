import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Test, test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { type Database, openDatabase } from '../../src/core/database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { emptyStore, storeNames } from '../support/databases.ts';

const run = promisify(execFile);

type Env = Record<string, string>;

async function seed(env: Env, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['scripts/seed.ts', ...args], { env });
  return stdout;
}

/** Resolves to what it complained about. */
async function failToSeed(env: Env, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await seed(env, ...args).then(
    () => ({ code: 0, stderr: '' }),
    (error: ExecFileException) => error,
  );
  return { code: Number(code), stderr: String(stderr ?? '') };
}

async function open(t: Test, env: Env): Promise<Database> {
  const db = await openDatabase(readConfig(env));
  t.teardown(() => db.destroy());
  return db;
}

const listConversations = (db: Database) =>
  db.selectFrom('conversations').selectAll().orderBy('id').execute();

/** Who said what to whom, in an order that does not depend on ids. */
async function transcript(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .innerJoin('users', 'users.id', 'messages.sender_id')
    .select(['direct_key', 'sequence', 'username', 'body', 'reply_to'])
    .execute();
  const users = await db.selectFrom('users').select(['id', 'username']).execute();
  const names = new Map(users.map(({ id, username }) => [String(id), username]));
  const pairOf = (key: string | null) =>
    (key ?? '')
      .split(':')
      .map((id) => names.get(id))
      .sort()
      .join(' & ');
  return rows
    .map((row) =>
      [pairOf(row.direct_key), row.sequence, row.username, row.reply_to, row.body].join(' '),
    )
    .sort();
}

/** Sequences are 1 to n, times go forward, nobody has read what is not there. */
async function checkInvariants(t: Test, db: Database): Promise<void> {
  const messages = await db
    .selectFrom('messages')
    .select(({ fn }) => [
      'conversation_id as id',
      fn.countAll().as('count'),
      fn.min('sequence').as('first'),
      fn.max('sequence').as('last'),
    ])
    .groupBy('conversation_id')
    .execute();
  const stored = new Map(messages.map(({ id, ...of }) => [id, of]));
  const broken = (await listConversations(db)).filter(({ id, last_sequence }) => {
    const { count, first, last } = stored.get(id) ?? { count: 0, first: 1, last: 0 };
    return Number(count) !== last_sequence || Number(last) !== last_sequence || Number(first) !== 1;
  });
  t.same(broken, [], 'sequences are 1 to n and n is last_sequence');
  const backwards = await db
    .selectFrom('messages as one')
    .innerJoin('messages as next', (join) =>
      join
        .onRef('next.conversation_id', '=', 'one.conversation_id')
        .on((eb) => eb('next.sequence', '=', eb('one.sequence', '+', 1))),
    )
    .select('one.conversation_id')
    .where((eb) =>
      eb.or([
        eb('next.created_at', '<', eb.ref('one.created_at')),
        eb('next.created_at', '>', Date.now()),
      ]),
    )
    .execute();
  t.same(backwards, [], 'times go forward and end before now');
  const ahead = await db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select('conversation_id')
    .whereRef('read_sequence', '>', 'last_sequence')
    .execute();
  t.same(ahead, [], 'nobody has read what is not there');
}

async function signIn(app: TestApp, output: string) {
  const [, username = ''] = /Sign in as ([^,]+),/.exec(output) ?? [];
  const [, password = ''] = /The password of each: (.*)/.exec(output) ?? [];
  const { status, body } = await app.request('POST', '/auth/login', {
    json: { username, password },
  });
  if (status !== 200) throw new Error(`${username} cannot sign in: ${status}`);
  const token: string = body.accessToken;
  return {
    get: (path: string) => app.request('GET', path, { token }),
    post: (path: string, json: object) => app.request('POST', path, { token, json }),
  };
}

const SMALL = ['--users', '12', '--conversations', '30', '--seed', '7'];

for (const store of storeNames) {
  test(`seeding, stored in ${store}`, async (t) => {
    t.test('makes as many people, conversations and messages as were asked for', async (t) => {
      const env = await emptyStore(t, store);
      await seed(env, ...SMALL, '--messages', '3000');
      const db = await open(t, env);
      const users = await db.selectFrom('users').selectAll().execute();
      const conversations = await listConversations(db);
      t.equal(users.length, 12);
      t.equal(conversations.length, 30);
      t.equal(
        conversations.reduce((sum, { last_sequence }) => sum + last_sequence, 0),
        3000,
      );
      t.ok(
        conversations.every(({ kind, member_count }) => kind === 'direct' && member_count === 2),
      );
      t.ok(users.every(({ username, email }) => email === `${username}@seed.example`));
      await checkInvariants(t, db);
    });

    t.test(
      'adds nothing when all is there, and only the difference when more is asked for',
      async (t) => {
        const env = await emptyStore(t, store);
        await seed(env, ...SMALL, '--messages', '1000');
        const db = await open(t, env);
        const before = await transcript(db);
        t.match(await seed(env, ...SMALL, '--messages', '1000'), /; 0 of them added/);
        t.same(await transcript(db), before);
        t.match(await seed(env, ...SMALL, '--messages', '1500'), /; 500 of them added/);
        const after = new Set(await transcript(db));
        t.equal(after.size, 1500);
        t.ok(before.every((line) => after.has(line)));
        await checkInvariants(t, db);
      },
    );

    t.test('completes what a killed run began, as if it had never been cut off', async (t) => {
      const [env, other] = [await emptyStore(t, store), await emptyStore(t, store)];
      const args = [...SMALL, '--messages', '40000'];
      await seed(env, ...SMALL, '--messages', '0');
      const db = await open(t, env);
      const isBegun = async () =>
        (await listConversations(db)).some((one) => one.last_sequence > 0);
      t.notOk(await isBegun());
      const child = spawn(process.execPath, ['scripts/seed.ts', ...args], { env, stdio: 'ignore' });
      while (!(await isBegun())) await sleep(5);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const cut = await transcript(db);
      t.ok(cut.length > 0 && cut.length < 40_000, `killed after ${cut.length} messages`);
      await checkInvariants(t, db);

      await seed(env, ...args);
      await checkInvariants(t, db);
      await seed(other, ...args);
      t.same(await transcript(db), await transcript(await open(t, other)));
    });

    t.test('lets its people sign in, see their conversations and page through them', async (t) => {
      const app = await startApp(t, { store });
      const user = await signIn(app, await seed(app.env, ...SMALL, '--messages', '2000'));
      const { body } = await user.get('/conversations');
      t.ok(body.conversations.length > 0);
      for (const { id, lastSequence, unread } of body.conversations) {
        const page = await user.get(`/conversations/${id}/messages?after=0&limit=100`);
        t.equal(page.body.messages.length, Math.min(lastSequence, 100));
        t.ok(unread <= lastSequence);
      }
    });

    t.test('goes on beside a server that posts into the same conversations', async (t) => {
      const app = await startApp(t, { store });
      const user = await signIn(app, await seed(app.env, ...SMALL, '--messages', '30'));
      const { body } = await user.get('/conversations');
      let isSeeding = true;
      const seeding = seed(app.env, ...SMALL, '--messages', '10000').finally(() => {
        isSeeding = false;
      });
      const posted: string[] = [];
      while (isSeeding) {
        for (const { id } of body.conversations) {
          const answer = await user.post(`/conversations/${id}/messages`, { body: 'by the way' });
          posted.push(answer.body.id);
        }
      }
      await seeding;
      await checkInvariants(t, app.db);
      const bodies = await Promise.all(
        posted.map(async (id) => (await user.get(`/messages/${id}`)).body.body),
      );
      t.ok(posted.length > 0);
      t.same(
        new Set(bodies),
        new Set(['by the way']),
        `${posted.length} messages posted meanwhile`,
      );
    });

    t.test('puts no words in the mouth of somebody who has one of its names', async (t) => {
      const env = await emptyStore(t, store);
      await seed(env, ...SMALL, '--messages', '0');
      const db = await open(t, env);
      const { username } = await db
        .selectFrom('users')
        .select('username')
        .executeTakeFirstOrThrow();
      await db
        .updateTable('users')
        .set({ email: 'own@example.org' })
        .where('username', '=', username)
        .execute();
      const { code, stderr } = await failToSeed(env, ...SMALL, '--messages', '100');
      t.equal(code, 1);
      t.equal(stderr, `${username} is somebody's own account here; choose another --seed\n`);
    });
  });
}

test('the same arguments give the same talk in every database', async (t) => {
  const transcripts = await Promise.all(
    storeNames.map(async (store) => {
      const env = await emptyStore(t, store);
      await seed(env, ...SMALL, '--messages', '2000');
      return transcript(await open(t, env));
    }),
  );
  t.equal(transcripts[0]?.length, 2000);
  t.same(transcripts[0], transcripts[1]);
});

test('another seed gives other people who say other things', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  await seed(env, '--users', '10', '--messages', '500', '--seed', '1');
  await seed(env, '--users', '10', '--messages', '500', '--seed', '2');
  const db = await open(t, env);
  t.equal((await db.selectFrom('users').select('id').execute()).length, 20);
  t.equal((await transcript(db)).length, 1000);
});

test('the talk does not repeat a few sentences', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  await seed(env, '--messages', '20000');
  const rows = await (await open(t, env)).selectFrom('messages').select('body').execute();
  const counts = Map.groupBy(rows, ({ body }) => body);
  t.ok(counts.size > 10_000, `${counts.size} different ones of 20,000`);
  t.ok(Math.max(...[...counts.values()].map((same) => same.length)) < 200);
  t.ok(rows.some(({ body }) => (body ?? '').length > 400));
  t.notOk(rows.some(({ body }) => !body || body !== body.trim() || /undefined|[{}[\]]/.test(body)));
});

test('a wrong number is named, with what is allowed, and nothing is stored', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  for (const [args, complaint] of [
    [['--users', '1'], '--users 1 is not allowed; allowed: a whole number from 2 to 100000'],
    [
      ['--messages', 'many'],
      '--messages many is not allowed; allowed: a whole number from 0 to 100000000',
    ],
    [
      ['--users', '5', '--conversations', '11'],
      '--conversations 11 is not allowed: 5 people make 10 pairs, and a pair has one conversation',
    ],
    [['--rooms', '3'], "Unknown option '--rooms'; see --help"],
  ] as const) {
    t.same(await failToSeed(env, ...args), { code: 1, stderr: `${complaint}\n` });
  }
  const tables = await (await open(t, env)).introspection.getTables();
  t.same(tables, []);
});

test('every pair can have a conversation', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  await seed(env, '--users', '9', '--conversations', '36', '--messages', '100');
  t.equal((await listConversations(await open(t, env))).length, 36);
});

test('without its database it ends with one line', async (t) => {
  const env = await emptyStore(t, 'sqlite');
  const away = { ...env, DATABASE_URL: 'mysql://root@127.0.0.1:1/nothing' };
  const { code, stderr } = await failToSeed(away, '--messages', '10');
  t.equal(code, 1);
  t.match(stderr, /^The database is away or busy: .*ECONNREFUSED.*\n$/);
});
