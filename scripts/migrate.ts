import { migrate } from '../src/core/migrate.ts';
import { runCommand } from './support/command.ts';

await runCommand(
  () => ({}),
  async (db) => {
    const names = await migrate(db);
    for (const name of names) process.stdout.write(`migrated: ${name}\n`);
    if (names.length === 0) process.stdout.write('nothing to do\n');
  },
);
