import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Fault } from './fault.ts';

/** Another program, such as one that makes a backup, has the database to itself. */
export const sqliteFaults = (dir: string): Fault[] => [
  {
    name: 'database locked by another program',
    part: 'the database',
    break() {
      const database = new DatabaseSync(join(dir, 'doorbell.sqlite'), { timeout: 10_000 });
      database.exec('BEGIN IMMEDIATE');
      return () => {
        database.exec('ROLLBACK');
        database.close();
      };
    },
  },
];
