import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';

const ER_DUP_FIELDNAME = 1060;
const ER_DUP_KEYNAME = 1061;

// Like every migration this one may run again after it was cut off: MySQL commits each statement by
// itself and says of a column or an index that it is there already.
export async function up(db: Kysely<never>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const text = (length: number) => (sqlite ? sql`text` : sql`varchar(${sql.lit(length)})`);
  const integer = sqlite ? sql`integer` : sql`bigint`;

  /** A table whose rows lie in the order of the primary key, as InnoDB's always do. */
  const clustered = <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) =>
    sqlite
      ? builder.modifyEnd(sql`strict, without rowid`)
      : builder.modifyEnd(sql`engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin`);
  const create = (name: string) => db.schema.createTable(name).ifNotExists();

  const unlessThere = async (statement: { execute(): Promise<unknown> }): Promise<void> => {
    try {
      await statement.execute();
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno !== ER_DUP_FIELDNAME && errno !== ER_DUP_KEYNAME) throw error;
    }
  };
  const addColumn = (table: string, name: string, type: ReturnType<typeof text>) =>
    unlessThere(db.schema.alterTable(table).addColumn(name, type));
  const addNumber = (table: string, name: string) =>
    unlessThere(
      db.schema.alterTable(table).addColumn(name, integer, (c) => c.notNull().defaultTo(0)),
    );
  const addIndex = (table: string, name: string, columns: string[]) =>
    unlessThere(db.schema.createIndex(name).on(table).columns(columns));

  await addColumn('users', 'last_seen_at', integer);

  await addColumn('conversations', 'title_key', text(300));
  await addColumn('conversations', 'history', text(10));
  await addNumber('conversations', 'blocked');
  await addIndex('conversations', 'conversations_by_title', ['visibility', 'title_key', 'id']);

  await addNumber('members', 'joined_version');
  await addNumber('members', 'view_version');
  await addNumber('members', 'delivered_sequence');
  await addNumber('members', 'hidden_through');
  await addNumber('members', 'muted');
  await addColumn('members', 'archived_sequence', integer);

  await addNumber('messages', 'reacted');
  await addIndex('messages', 'messages_by_sender', ['conversation_id', 'sender_id', 'sequence']);

  await clustered(create('changes'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('changes_key', ['conversation_id', 'sequence'])
    .addUniqueConstraint('changes_by_version', ['conversation_id', 'version'])
    .execute();

  await clustered(create('deletions'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('sender_id', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('deletions_key', ['conversation_id', 'sequence'])
    .execute();

  await clustered(create('reactions'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('sequence', integer, (c) => c.notNull())
    .addColumn('emoji', text(64), (c) => c.notNull())
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('reactions_key', ['conversation_id', 'sequence', 'emoji', 'user_id'])
    .execute();

  await clustered(create('room_words'))
    .addColumn('word', text(100), (c) => c.notNull())
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('room_words_key', ['word', 'conversation_id'])
    .addUniqueConstraint('room_words_by_room', ['conversation_id', 'word'])
    .execute();

  await clustered(create('deleted_rooms'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('deleted_rooms_key', ['conversation_id'])
    .execute();

  await clustered(create('blocks'))
    .addColumn('blocker_id', integer, (c) => c.notNull())
    .addColumn('blocked_id', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('blocks_key', ['blocker_id', 'blocked_id'])
    .addForeignKeyConstraint('blocks_blocker', ['blocker_id'], 'users', ['id'])
    .addForeignKeyConstraint('blocks_blocked', ['blocked_id'], 'users', ['id'])
    .addUniqueConstraint('blocks_by_blocked', ['blocked_id', 'blocker_id'])
    .execute();

  await clustered(create('processes'))
    .addColumn('id', text(36), (c) => c.notNull())
    .addColumn('seen_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('processes_key', ['id'])
    .execute();

  await clustered(create('online'))
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('process_id', text(36), (c) => c.notNull())
    .addPrimaryKeyConstraint('online_key', ['user_id', 'process_id'])
    .addUniqueConstraint('online_by_process', ['process_id', 'user_id'])
    .execute();
}
