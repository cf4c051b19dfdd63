import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { type Trx, transact } from '../../src/core/database.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

test('a deadlock runs the whole transaction again, and both come through', async (t) => {
  const { db, signUp } = await startApp(t, { store: 'mysql' });
  for (const name of ['ana', 'ben']) await signUp(name);
  let runs = 0;
  const rename = (username: string, about: string) => (trx: Trx) =>
    trx.updateTable('users').set({ about }).where('username', '=', username).execute();
  const crossing = (first: string, second: string) =>
    transact(db, async (trx) => {
      runs += 1;
      await rename(first, `first of run ${runs}`)(trx);
      await sleep(100);
      await rename(second, `second of run ${runs}`)(trx);
    });
  await Promise.all([crossing('ana', 'ben'), crossing('ben', 'ana')]);
  t.equal(runs, 3, 'two at once, and one of them again from its beginning');
});

test('a transaction that goes on failing is given up', async (t) => {
  const { db } = await startApp(t);
  let runs = 0;
  const failing = transact(db, async () => {
    runs += 1;
    throw Object.assign(new Error('deadlock'), { errno: 1213 });
  });
  await t.rejects(failing, { message: 'deadlock' });
  t.equal(runs, 8);
  await t.rejects(
    transact(db, async () => {
      runs += 1;
      throw new Error('something else');
    }),
  );
  t.equal(runs, 9, 'what cannot succeed is not tried again');
});

for (const store of storeNames) {
  test(`a transaction that fails leaves nothing behind, in ${store}`, async (t) => {
    const { db, signUp } = await startApp(t, { store });
    await signUp('ana');
    const failing = transact(db, async (trx) => {
      await trx.updateTable('users').set({ about: 'half done' }).execute();
      throw new Error('then it broke');
    });
    await t.rejects(failing, { message: 'then it broke' });
    t.same(await db.selectFrom('users').select('about').execute(), [{ about: '' }]);
  });
}
