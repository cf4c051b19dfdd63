import { test } from 'tap';
import { countUnread } from '../../src/conversations/unread.ts';
import type { Database, Statement } from '../../src/core/database.ts';
import { type AppOptions, startApp } from '../support/app.ts';
import { storeNames } from '../support/databases.ts';
import type { TestUser } from '../support/http.ts';

const CONVERSATIONS = 1_000;
/** Messages of each. */
const LENGTH = 20;

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Rooms of these two users, in which they wrote in turns and deleted every fifth; `reader` has read up to n % 20. */
async function fill(db: Database, reader: string, other: string): Promise<void> {
  const users = await db
    .selectFrom('users')
    .select(['id', 'username'])
    .where('username', 'in', [reader, other])
    .execute();
  const idOf = (name: string) => users.find(({ username }) => username === name)?.id ?? 0;
  const [{ id: first } = { id: 0 }] = await insertConversations(db);
  const ids = range(CONVERSATIONS).map((n) => first + n - 1);
  const members = ids.flatMap((id, n) =>
    [reader, other].map((name) => ({
      conversation_id: id,
      user_id: idOf(name),
      role: 'member' as const,
      read_sequence: name === reader ? n % LENGTH : 0,
      joined_sequence: 0,
      joined_at: 1,
    })),
  );
  const messages = ids.flatMap((id) =>
    range(LENGTH).map((sequence) => ({
      conversation_id: id,
      sequence,
      sender_id: idOf(sequence % 2 === 0 ? reader : other),
      body: sequence % 5 === 0 ? null : `filling ${sequence}`,
      reply_to: null,
      idempotency_key: null,
      request_hash: null,
      version: 1,
      created_at: 1,
      edited_at: null,
      deleted_at: sequence % 5 === 0 ? 2 : null,
    })),
  );
  const deletions = ids.flatMap((id) =>
    [5, 10, 15, 20].map((sequence) => ({
      conversation_id: id,
      sequence,
      sender_id: idOf(sequence % 2 === 0 ? reader : other),
    })),
  );
  for (let at = 0; at < ids.length; at += 100) {
    const part = <T>(rows: T[], each: number) => rows.slice(at * each, (at + 100) * each);
    await db.insertInto('members').values(part(members, 2)).execute();
    await db.insertInto('messages').values(part(messages, LENGTH)).execute();
    await db.insertInto('deletions').values(part(deletions, 4)).execute();
  }
}

async function insertConversations(db: Database) {
  const rows = range(CONVERSATIONS).map((n) => ({
    kind: 'room' as const,
    title: `room ${n}`,
    topic: null,
    visibility: 'private' as const,
    max_members: null,
    direct_key: null,
    member_count: 2,
    last_sequence: LENGTH,
    version: 5,
    created_at: 1,
    updated_at: 1_000 + (n % 37),
  }));
  await db.insertInto('conversations').values(rows).execute();
  return db.selectFrom('conversations').select('id').orderBy('id').limit(1).execute();
}

const isOthers = (sequence: number) => sequence % 2 === 1 && sequence % 5 !== 0;

for (const store of storeNames) {
  test(`the list of 1,000 conversations, stored in ${store}`, async (t) => {
    const statements: Statement[] = [];
    const onStatement: AppOptions['onStatement'] = (statement) => statements.push(statement);
    const app = await startApp(t, { store, onStatement });
    const ana = await app.signUp('ana');
    await app.signUp('ben');
    await fill(app.db, 'ana', 'ben');

    t.test('comes complete and once each, page by page, latest activity first', async (t) => {
      const all = await listAll(ana);
      t.equal(new Set(all.map(({ id }) => id)).size, CONVERSATIONS);
      const times = all.map(({ updatedAt }) => updatedAt);
      t.same(times, [...times].sort().reverse());
      for (const { readSequence, unread, lastMessage } of all) {
        const expected = range(LENGTH).filter((n) => n > readSequence && isOthers(n)).length;
        if (unread !== expected) t.fail(`${unread} unread after ${readSequence}: ${expected}`);
        if (lastMessage?.sequence !== LENGTH) t.fail('the last message is missing');
      }
    });

    t.test('what is posted while it is counted is in neither number', async (t) => {
      const id = Number((await ana.get('/conversations?limit=1')).body.conversations[0].id);
      const { id: userId } = await app.db
        .selectFrom('users')
        .select('id')
        .where('username', '=', 'ana')
        .executeTakeFirstOrThrow();
      const before = { id, last_sequence: LENGTH, read_sequence: LENGTH - 2, hidden_through: 0 };
      await ana.postMessage(String(id), 'in between, one');
      await ana.postMessage(String(id), 'in between, two');
      const expected = [LENGTH - 1, LENGTH].filter(isOthers).length;
      t.equal((await countUnread(app.db, userId, [before])).get(id), expected);
    });

    t.test('takes the same few statements, whatever is in it', async (t) => {
      statements.length = 0;
      await ana.get('/conversations?limit=100');
      const selects = statements.filter(({ sql }) => /\b(members|messages|deletions)\b/.test(sql));
      t.ok(selects.length <= 2, `${selects.length} statements`);
    });
  });

  test(`unread is what a plain count would give, stored in ${store}`, async (t) => {
    const app = await startApp(t, { store });
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const id = await ana.open('ben');
    const deleted = new Set<number>();
    const sentBy = new Map<number, TestUser>();
    const marker = new Map([ana, ben].map((user) => [user, 0]));
    // The same numbers in every run.
    let state = 7;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (let step = 0; step < 120; step += 1) {
      const user = random(2) === 0 ? ana : ben;
      const sequence = 1 + random(Math.max(sentBy.size, 1));
      const act = sentBy.size === 0 ? 0 : random(4);
      if (act <= 1) {
        const { body } = await user.postMessage(id, `step ${step} of the walk`);
        sentBy.set(body.sequence, user);
      } else if (act === 2) {
        const { status } = await user.delete(`/messages/${id}-${sequence}`);
        if (status === 204) deleted.add(sequence);
      } else {
        await user.put(`/conversations/${id}/read`, { json: { sequence } });
        marker.set(user, Math.max(marker.get(user) ?? 0, sequence));
      }
      for (const [reader, from] of marker) {
        const expected = [...sentBy].filter(
          ([n, sender]) => n > from && sender !== reader && !deleted.has(n),
        ).length;
        const { body } = await reader.get(`/conversations/${id}`);
        if (body.unread !== expected) {
          t.equal(body.unread, expected, `${reader.username} at step ${step}, read up to ${from}`);
          return;
        }
      }
    }
    t.ok(deleted.size > 5 && sentBy.size > 40);
  });
}

async function listAll(user: TestUser) {
  const all: {
    id: string;
    updatedAt: string;
    readSequence: number;
    unread: number;
    lastMessage: { sequence: number } | null;
  }[] = [];
  for (let before = ''; ; ) {
    const { body } = await user.get(`/conversations?limit=100${before}`);
    all.push(...body.conversations);
    if (!body.hasMore) return all;
    before = `&before=${body.next}`;
  }
}
