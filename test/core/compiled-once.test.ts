import { test } from 'tap';
import { compiledOnce } from '../../src/core/compiled-once.ts';
import { startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';

for (const store of storeNames) {
  test(`a statement is built once for each number of parameters, in ${store}`, async (t) => {
    const { db, signUp } = await startApp(t, { store });
    for (const name of ['ana', 'ben', 'eve']) await signUp(name);
    let built = 0;
    const namesOf = compiledOnce((db, ...names: string[]) => {
      built += 1;
      return db
        .selectFrom('users')
        .select('username')
        .where('username', 'in', names)
        .where('disabled_at', 'is', null)
        .orderBy('username');
    });
    t.same(await namesOf(db, 'ana', 'eve'), [{ username: 'ana' }, { username: 'eve' }]);
    t.same(await namesOf(db, 'eve', 'ben'), [{ username: 'ben' }, { username: 'eve' }]);
    t.same(await namesOf(db, 'ben'), [{ username: 'ben' }]);
    t.equal(built, 2);
  });

  test(`one that uses other parameters than its own is refused, in ${store}`, async (t) => {
    const { db } = await startApp(t, { store });
    const swapped = compiledOnce((db, one: string, other: string) =>
      db.selectFrom('users').select('id').where('username', '=', other).where('about', '=', one),
    );
    await t.rejects(swapped(db, 'x', 'y'), /other parameters/);
    const more = compiledOnce((db, one: string) =>
      db.selectFrom('users').select('id').where('username', '=', one).limit(5),
    );
    await t.rejects(more(db, 'x'), /other parameters/);
  });
}
