import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { readConfig } from '../../src/core/config.ts';
import { type Database, openDatabase, type Trx, transact } from '../../src/core/database.ts';
import { isDuplicateKey, writeInOrder } from '../../src/core/dialect.ts';
import { migrate } from '../../src/core/migrate.ts';

async function openEmbedded(t: Test): Promise<{ db: Database; file: string }> {
  const dir = t.testdir();
  const db = await openDatabase(readConfig({ DATA_DIR: dir }));
  t.teardown(() => db.destroy());
  await migrate(db);
  await insertUser(db, 'ana');
  return { db, file: join(dir, 'doorbell.sqlite') };
}

const insertUser = (db: Database | Trx, username: string) =>
  db
    .insertInto('users')
    .values({
      username,
      display_name: username,
      display_name_key: username,
      about: '',
      role: 'user',
      email: `${username}@example.org`,
      password_hash: '',
      created_at: 0,
    })
    .execute();

const about = async (db: Database | Trx): Promise<string | undefined> => {
  const rows = await db.selectFrom('users').select('about').where('username', '=', 'ana').execute();
  return rows[0]?.about;
};

const setAbout = (db: Database | Trx, to: string) =>
  db.updateTable('users').set({ about: to }).where('username', '=', 'ana').execute();

/** Another program has the database to itself. */
function lock(t: Test, file: string): () => void {
  const other = new DatabaseSync(file);
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return () => other.exec('COMMIT');
}

const settingAbout = (trx: Trx, to: string) =>
  trx.updateTable('users').set({ about: to }).where('username', '=', 'ana').compile();

const COLUMNS = [
  'username',
  'display_name',
  'display_name_key',
  'about',
  'role',
  'email',
  'password_hash',
  'created_at',
] as const;

/** There is one already. */
const insertingAna = (trx: Trx) =>
  trx
    .insertInto('users')
    .columns(COLUMNS)
    .expression(trx.selectFrom('users').select(COLUMNS).where('username', '=', 'ana'))
    .compile();

test('what a transaction does last is committed with it, or all of it undone', async (t) => {
  const { db } = await openEmbedded(t);
  const order: string[] = [];
  const first = transact(db, async (trx) => {
    t.equal(await about(trx), '');
    const writing = writeInOrder(trx, [settingAbout(trx, 'one'), settingAbout(trx, 'two')], {
      isLast: true,
    });
    order.push('sent');
    await writing;
    t.equal(await about(db), 'two', 'it is committed when it is answered');
    await t.rejects(about(trx), /has ended/, 'and nothing follows in it');
    order.push('answered');
  });
  const second = transact(db, async (trx) => {
    t.equal(await about(trx), 'two');
    order.push('next');
  });
  await Promise.all([first, second]);
  t.same(order, ['sent', 'answered', 'next'], 'who waits goes on when it is committed');

  const failing = transact(db, async (trx) => {
    await about(trx);
    await writeInOrder(trx, [settingAbout(trx, 'three'), insertingAna(trx)], { isLast: true });
  });
  const third = transact(db, (trx) => about(trx));
  t.ok(await failing.then(() => false, isDuplicateKey), 'its own error');
  t.equal(await third, 'two', 'all of it is undone for whoever is next');
  const alone = transact(db, (trx) =>
    writeInOrder(trx, [settingAbout(trx, 'four')], { isLast: true }),
  );
  await alone;
  t.equal(await about(db), 'four', 'also when nothing came before it');
});

test('who reads does not wait for who writes, and sees what is committed', async (t) => {
  const { db } = await openEmbedded(t);
  const mayEnd = Promise.withResolvers<void>();
  const hasWritten = Promise.withResolvers<void>();
  const writing = transact(db, async (trx) => {
    await setAbout(trx, 'half done');
    t.equal(await about(trx), 'half done', 'the transaction sees its own');
    hasWritten.resolve();
    await mayEnd.promise;
  });
  await hasWritten.promise;
  t.equal(await about(db), '', 'others do not yet');
  mayEnd.resolve();
  await writing;
  t.equal(await about(db), 'half done');
});

test('transactions, and writes outside of them, come one after the other', async (t) => {
  const { db } = await openEmbedded(t);
  const append = (word: string) =>
    transact(db, async (trx) => {
      const before = await about(trx);
      await sleep(1);
      await setAbout(trx, `${before}${word}`);
    });
  await Promise.all([append('a'), append('b'), insertUser(db, 'ben'), append('c')]);
  t.equal(await about(db), 'abc');
});

test('the process goes on while another program has the database to itself', async (t) => {
  const { db, file } = await openEmbedded(t);
  const unlock = lock(t, file);
  const writing = transact(db, (trx) => setAbout(trx, 'at last'));
  let longest = 0;
  for (let last = performance.now(), n = 0; n < 50; n += 1) {
    await sleep(10);
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }
  t.ok(longest < 400, `no turn of the event loop took as long as the lock, but ${longest} ms`);
  t.equal(await about(db), '', 'and it can be read');
  unlock();
  await writing;
  t.equal(await about(db), 'at last');
});

test('what is sent along with a transaction that cannot begin is not stored by itself', async (t) => {
  const { db, file } = await openEmbedded(t);
  const unlock = lock(t, file);
  const together = (trx: Trx) => Promise.all([setAbout(trx, 'one'), insertUser(trx, 'ben')]);
  // It cannot begin for two seconds; what came along would then wait as long, and find the lock gone.
  const unlocked = sleep(3_000).then(unlock);
  const refused = transact(db, together, undefined, { attempts: 1 });
  await t.rejects(refused, { message: 'database is locked', errcode: 5 });
  await unlocked;
  const users = await db.selectFrom('users').select(['username', 'about']).execute();
  t.same(users, [{ username: 'ana', about: '' }]);
  await transact(db, together);
  t.equal(await about(db), 'one', 'and the next one begins');
});

test('an error of the thread is what the database says of it', async (t) => {
  const { db } = await openEmbedded(t);
  await t.rejects(insertUser(db, 'ana'), { code: 'ERR_SQLITE_ERROR', errcode: 2067 });
  await t.rejects(
    transact(db, (trx) => insertUser(trx, 'ana')),
    { message: /^UNIQUE constraint failed/, errcode: 2067 },
  );
});
