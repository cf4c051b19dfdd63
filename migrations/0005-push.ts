import { type Kysely, SqliteAdapter, sql } from 'kysely';

// Like every migration this one may run again after it was cut off.
export async function up(db: Kysely<never>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const text = (length: number) => (sqlite ? sql`text` : sql`varchar(${sql.lit(length)})`);
  const hash = sqlite ? sql`blob` : sql`binary(32)`;
  const integer = sqlite ? sql`integer` : sql`bigint`;

  await db.schema
    .createTable('push_subscriptions')
    .ifNotExists()
    .addColumn('id', integer, (c) => c.primaryKey().autoIncrement())
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('session_id', integer, (c) => c.notNull())
    .addColumn('endpoint_hash', hash, (c) => c.notNull())
    .addColumn('endpoint', text(2000), (c) => c.notNull())
    .addColumn('p256dh', text(100), (c) => c.notNull())
    .addColumn('auth', text(30), (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('succeeded_at', integer)
    .addUniqueConstraint('push_subscriptions_by_endpoint', ['endpoint_hash'])
    .addUniqueConstraint('push_subscriptions_by_user', ['user_id', 'id'])
    .modifyEnd(
      sqlite ? sql`strict` : sql`engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin`,
    )
    .execute();
}
