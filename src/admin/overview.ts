import { sql } from 'kysely';
import type { Bus } from '../core/bus.ts';
import type { Config } from '../core/config.ts';
import { type Database, pingDatabase } from '../core/database.ts';
import { toTimestamp } from '../core/ids.ts';
import type { AdminHealth, Counts } from './schemas.ts';

/** Milliseconds for which counts are not counted again: it reads whole indexes. */
const COUNTS_LIFE = 10_000;

/** What there is; at most some seconds old, however often it is asked for. */
export function counter(db: Database): () => Promise<Counts> {
  let counting: Promise<Counts> | undefined;
  let countedAt = -Infinity;
  return () => {
    if (counting && performance.now() - countedAt < COUNTS_LIFE) return counting;
    countedAt = performance.now();
    counting = count(db).catch((error) => {
      counting = undefined;
      throw error;
    });
    return counting;
  };
}

async function count(db: Database): Promise<Counts> {
  const [users, online, conversations] = await Promise.all([
    db
      .selectFrom('users')
      .where('deleted_at', 'is', null)
      .select([
        sql<number>`count(*)`.as('users'),
        sql<number>`sum(disabled_at is not null)`.as('disabled'),
        sql<number>`sum(role = 'admin')`.as('admins'),
      ])
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('online')
      .select(sql<number>`count(distinct user_id)`.as('users'))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('conversations')
      .where('member_count', '>', 0)
      .select([
        sql<number>`sum(kind = 'room')`.as('rooms'),
        sql<number>`sum(kind = 'direct')`.as('directs'),
        sql<number>`sum(last_sequence)`.as('messages'),
      ])
      .executeTakeFirstOrThrow(),
  ]);
  return {
    users: Number(users.users),
    disabledUsers: Number(users.disabled),
    admins: Number(users.admins),
    onlineUsers: Number(online.users),
    rooms: Number(conversations.rooms),
    directConversations: Number(conversations.directs),
    messages: Number(conversations.messages),
    countedAt: toTimestamp(Date.now()),
  };
}

interface HealthParts {
  db: Database;
  bus: Bus;
  config: Pick<Config, 'databaseUrl' | 'redisUrl' | 'smtpUrl' | 'production'>;
}

export async function getHealth({ db, bus, config }: HealthParts): Promise<AdminHealth> {
  const start = performance.now();
  const isUp = await pingDatabase(db).then(
    () => true,
    () => false,
  );
  const milliseconds = isUp ? Math.round((performance.now() - start) * 100) / 100 : null;
  const withoutSmtp = config.production ? 'none' : 'log';
  return {
    database: {
      state: isUp ? 'up' : 'away',
      kind: config.databaseUrl === undefined ? 'sqlite' : 'mysql',
      milliseconds,
    },
    bus: {
      state: bus.isUp() ? 'up' : 'away',
      kind: config.redisUrl === undefined ? 'in process' : 'redis',
    },
    mail: config.smtpUrl === undefined ? withoutSmtp : 'smtp',
    process: {
      node: process.version,
      uptimeSeconds: Math.floor(process.uptime()),
      residentMegabytes: Math.round(process.memoryUsage.rss() / 1_000_000),
    },
  };
}
