import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';

const ER_DUP_FIELDNAME = 1060;
const ER_DUP_KEYNAME = 1061;

// Like every migration this one may run again after it was cut off.
export async function up(db: Kysely<never>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const text = (length: number) => (sqlite ? sql`text` : sql`varchar(${sql.lit(length)})`);
  const hash = sqlite ? sql`blob` : sql`binary(32)`;
  const integer = sqlite ? sql`integer` : sql`bigint`;

  const table = <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) =>
    sqlite
      ? builder.modifyEnd(sql`strict`)
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
  const alter = (name: string) => db.schema.alterTable(name);

  await unlessThere(alter('users').addColumn('disabled_at', integer));
  await unlessThere(alter('users').addColumn('deleted_at', integer));
  await unlessThere(
    db.schema.createIndex('users_by_role').on('users').columns(['role', 'username']),
  );

  for (const [name, length] of [
    ['user_agent', 200],
    ['address', 45],
  ] as const) {
    await unlessThere(
      alter('sessions').addColumn(name, text(length), (c) => c.notNull().defaultTo('')),
    );
  }

  await table(create('mail_tokens'))
    .addColumn('token_hash', hash, (c) => c.primaryKey())
    .addColumn('user_id', integer, (c) => c.notNull())
    .addColumn('purpose', text(20), (c) => c.notNull())
    .addColumn('email', text(254), (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .addUniqueConstraint('mail_tokens_by_user', ['user_id', 'token_hash'])
    .execute();

  await table(create('deleted_users'))
    .addColumn('user_id', integer, (c) => c.primaryKey())
    .execute();

  await table(create('audit_entries'))
    .addColumn('id', integer, (c) => c.primaryKey().autoIncrement())
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('admin_id', integer)
    .addColumn('act', text(40), (c) => c.notNull())
    .addColumn('target', text(64), (c) => c.notNull())
    .addColumn('detail', text(500), (c) => c.notNull())
    .execute();
}
