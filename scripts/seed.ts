import type { Database } from '../src/core/database.ts';
import { migrate } from '../src/core/migrate.ts';
import { ensureAccounts, PASSWORD } from './seed/accounts.ts';
import { ensureConversations } from './seed/conversations.ts';
import { readTalk } from './seed/corpus.ts';
import { addMessages } from './seed/messages.ts';
import { readOptions } from './seed/options.ts';
import { inventPeople, type Person } from './seed/people.ts';
import { planConversations, type Size } from './seed/plan.ts';
import { watchProgress } from './seed/progress.ts';
import { runCommand } from './support/command.ts';

const SHOWN = 10;

const count = (value: number): string => value.toLocaleString('en');

await runCommand(() => readOptions(process.argv.slice(2)), seed);

async function seed(db: Database, size: Size): Promise<void> {
  const begun = performance.now();
  await migrate(db);
  const now = Date.now();
  const people = inventPeople(size.seed, size.users);
  const userIds = await ensureAccounts(db, people);
  const cast = { seed: size.seed, userIds, now };
  const conversations = await ensureConversations(db, planConversations(size), cast);

  const missing = conversations.reduce(
    (sum, one) => sum + Math.max(0, one.messages - one.lastSequence),
    0,
  );
  const progress = watchProgress(missing);
  const world = { seed: size.seed, people, talk: readTalk(), now };
  let added = 0;
  for await (const news of addMessages(db, conversations, world)) {
    added += news;
    progress.add(news);
  }
  progress.end();
  summarise(size, added, performance.now() - begun, people);
}

function summarise(
  size: Size,
  added: number,
  milliseconds: number,
  people: readonly Person[],
): void {
  const [users, conversations, messages] = [size.users, size.conversations, size.messages].map(
    count,
  );
  const names = people.slice(0, SHOWN).map(({ username }) => username);
  const more = people.length > SHOWN ? `, and ${count(people.length - SHOWN)} more` : '';
  process.stdout.write(
    `${users} people, ${conversations} conversations, ${messages} messages; ` +
      `${count(added)} of them added in ${(milliseconds / 1_000).toFixed(1)} s.\n` +
      `Sign in as ${names.join(', ')}${more}.\nThe password of each: ${PASSWORD}\n`,
  );
}
