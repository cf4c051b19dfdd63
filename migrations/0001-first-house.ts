import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';

// Every statement may run again: MySQL commits each DDL statement by itself, so a migration that
// was cut off is simply repeated. Indexes are constraints of CREATE TABLE for the same reason:
// MySQL has no CREATE INDEX IF NOT EXISTS.
export async function up(db: Kysely<never>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const text = (length: number) => (sqlite ? sql`text` : sql`varchar(${sql.lit(length)})`);
  const hash = sqlite ? sql`blob` : sql`binary(32)`;
  const integer = sqlite ? sql`integer` : sql`bigint`;

  const table = <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) =>
    sqlite
      ? builder.modifyEnd(sql`strict`)
      : builder.modifyEnd(sql`engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin`);
  /** A table whose rows lie in the order of the primary key, as InnoDB's always do. */
  const clustered = <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) =>
    sqlite ? builder.modifyEnd(sql`strict, without rowid`) : table(builder);
  const create = (name: string) => db.schema.createTable(name).ifNotExists();

  await table(create('users'))
    .addColumn('id', integer, (c) => c.primaryKey().autoIncrement())
    .addColumn('username', text(32), (c) => c.notNull().unique())
    .addColumn('email', text(254), (c) => c.notNull().unique())
    .addColumn('display_name', text(64), (c) => c.notNull())
    // A lower case may have three times the code points: İ has two.
    .addColumn('display_name_key', text(192), (c) => c.notNull())
    .addColumn('about', text(500), (c) => c.notNull())
    .addColumn('password_hash', text(200), (c) => c.notNull())
    .addColumn('role', text(10), (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addUniqueConstraint('users_by_display_name', ['display_name_key', 'username'])
    .execute();

  await table(create('sessions'))
    .addColumn('id', integer, (c) => c.primaryKey().autoIncrement())
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('family_hash', hash, (c) => c.notNull())
    .addColumn('refresh_hash', hash, (c) => c.notNull())
    .addColumn('previous_refresh_hash', hash)
    .addColumn('refreshed_at', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .addColumn('ended_at', integer)
    .addForeignKeyConstraint('sessions_user', ['user_id'], 'users', ['id'])
    .addUniqueConstraint('sessions_by_user', ['user_id', 'id'])
    .execute();

  await table(create('conversations'))
    .addColumn('id', integer, (c) => c.primaryKey().autoIncrement())
    .addColumn('kind', text(10), (c) => c.notNull())
    .addColumn('title', text(100))
    .addColumn('topic', text(500))
    .addColumn('visibility', text(10), (c) => c.notNull())
    .addColumn('max_members', integer)
    .addColumn('direct_key', text(41), (c) => c.unique())
    .addColumn('member_count', integer, (c) => c.notNull())
    .addColumn('last_sequence', integer, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .execute();

  await clustered(create('members'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('role', text(10), (c) => c.notNull())
    .addColumn('read_sequence', integer, (c) => c.notNull())
    .addColumn('joined_sequence', integer, (c) => c.notNull())
    .addColumn('joined_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('members_key', ['conversation_id', 'user_id'])
    .addForeignKeyConstraint('members_conversation', ['conversation_id'], 'conversations', ['id'])
    .addForeignKeyConstraint('members_user', ['user_id'], 'users', ['id'])
    .addUniqueConstraint('members_by_user', ['user_id', 'conversation_id'])
    .execute();

  // No foreign keys here: each would cost a look-up and a shared lock per message, and both ids
  // were read under the conversation's lock in the same transaction.
  await clustered(create('messages'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('sender_id', integer, (c) => c.notNull())
    .addColumn('body', sql`text`)
    .addColumn('reply_to', integer)
    .addColumn('idempotency_key', text(128))
    .addColumn('request_hash', hash)
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('edited_at', integer)
    .addColumn('deleted_at', integer)
    .addPrimaryKeyConstraint('messages_key', ['conversation_id', 'sequence'])
    .addUniqueConstraint('messages_once', ['conversation_id', 'sender_id', 'idempotency_key'])
    .execute();
}
