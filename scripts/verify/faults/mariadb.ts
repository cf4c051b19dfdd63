import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Relay } from '../network/relay.ts';
import { type Fault, healed } from './fault.ts';

const PART = 'MariaDB';

/** COMMITs of the process at `url` whose answers are lost on the way back, or that are lost on the way there. */
export const commitFaults = (
  relay: Relay,
  { name, url }: { name: string; url: string },
): Fault[] => {
  const lose = (what: string, order: (count: number) => Promise<number>): Fault => ({
    name: `${what} lost between ${name} and MariaDB`,
    part: `between ${name} and MariaDB`,
    isForLastWords: true,
    async break(_random, sayLastWords) {
      void order(Number.MAX_SAFE_INTEGER);
      await sayLastWords?.(url);
      return () => relay.heal();
    },
  });
  return [
    lose("the COMMIT's answer", (count) => relay.loseCommitAnswers(count)),
    lose('the COMMIT', (count) => relay.loseCommits(count)),
  ];
};

/** What an administrator can do to the database `doorbell` of a server, which its users `doorbell` then suffer. */
export const databaseFaults = (url: string): Fault[] => [
  {
    name: 'MariaDB read-only',
    part: PART,
    async break() {
      await administer(url, 'SET GLOBAL read_only = 1');
      return () => administer(url, 'SET GLOBAL read_only = 0');
    },
  },
  {
    name: 'MariaDB kills the connections',
    part: PART,
    async break() {
      await administer(url, 'KILL USER doorbell');
      return healed;
    },
  },
  {
    name: 'rows locked by another program',
    part: PART,
    async break() {
      const connection = await createConnection(url);
      await connection.query('START TRANSACTION');
      await lockRows(connection);
      return () => connection.destroy();
    },
  },
  { name: 'deadlocks', part: PART, atLeast: 1_000, break: () => causeDeadlocks(url) },
];

/** Retries, because under load a wait for a lock may be in vain. */
async function lockRows(connection: Connection): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const rows = 'SELECT id FROM doorbell.conversations FOR UPDATE';
    const isLocked = await connection.query(rows).then(
      () => true,
      () => false,
    );
    if (isLocked) return;
  }
}

/**
 * A post takes the conversation's row first and then inserts behind the last message. Whoever has locked the
 * place behind the last message and then asks for the row makes a circle. InnoDB breaks it where the least was
 * written, so this side writes more: it is the posts that have to start again.
 */
async function causeDeadlocks(url: string) {
  const connection = await createConnection(`${url}doorbell`);
  await connection.query('CREATE TABLE IF NOT EXISTS ballast (n INT)');
  const stop = new AbortController();
  const going = causeUntil(connection, stop.signal);
  return async () => {
    stop.abort();
    await going;
    connection.destroy();
  };
}

async function causeUntil(connection: Connection, signal: AbortSignal): Promise<void> {
  const ballast = Array.from({ length: 200 }, (_, n) => `(${n})`).join();
  const statements = [
    'START TRANSACTION',
    `INSERT INTO ballast VALUES ${ballast}`,
    'SELECT id INTO @id FROM conversations ORDER BY RAND() LIMIT 1',
    'SELECT COUNT(*) FROM messages WHERE conversation_id = @id AND sequence > 1000000 FOR UPDATE',
    'DO SLEEP(0.02)',
    'UPDATE conversations SET version = version WHERE id = @id',
    'ROLLBACK',
  ];
  while (!signal.aborted) {
    for (const statement of statements) {
      const failed = await connection.query(statement).then(
        () => false,
        () => true,
      );
      if (failed) await connection.query('ROLLBACK').catch(() => {});
    }
    await sleep(10);
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query(statement);
  } finally {
    connection.destroy();
  }
}

/** Bytes of one row; the last ones must find what the larger ones left. */
const ROW_SIZES = [8_000, 400, 1];
/** Messages of a conversation that there is not, at sequences that no other run has. */
const FILLING = `INSERT INTO messages (conversation_id, sequence, sender_id, body, version, created_at)
  SELECT 0, ? + seq, 0, REPEAT('x', ?), 1, 0 FROM seq_1_to_20`;

/** Takes all room that the table of messages has left, on a disk that is full. */
export async function fillMessages(url: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query('SET SESSION foreign_key_checks = 0');
  let rows = 0;
  for (const size of ROW_SIZES) {
    const insert = () => connection.query(FILLING, [rows, size]);
    for (
      ;
      await insert().then(
        () => true,
        () => false,
      );
      rows += 20
    );
  }
  connection.destroy();
}

export const emptyMessages = (url: string): Promise<void> =>
  administer(url, 'DELETE FROM messages WHERE conversation_id = 0');
