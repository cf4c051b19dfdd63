import { type CreateTableBuilder, type Kysely, SqliteAdapter, sql } from 'kysely';

// Like every migration this one may run again after it was cut off.
export async function up(db: Kysely<never>): Promise<void> {
  const sqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const integer = sqlite ? sql`integer` : sql`bigint`;

  /** A table whose rows lie in the order of the primary key, as InnoDB's always do. */
  const clustered = <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) =>
    sqlite
      ? builder.modifyEnd(sql`strict, without rowid`)
      : builder.modifyEnd(sql`engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin`);
  const create = (name: string) => db.schema.createTable(name).ifNotExists();

  await clustered(create('search_heads'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('indexed_sequence', integer, (c) => c.notNull())
    .addColumn('newest_at', integer, (c) => c.notNull())
    .addColumn('turn', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('search_heads_key', ['conversation_id'])
    .execute();

  await clustered(create('search_segments'))
    .addColumn('conversation_id', integer, (c) => c.notNull())
    .addColumn('segment', integer, (c) => c.notNull())
    .addColumn('newest_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('search_segments_key', ['conversation_id', 'segment'])
    .execute();

  if (sqlite) {
    await sql`
      create table if not exists search_documents (
        id integer primary key,
        conversation_id integer not null,
        sequence integer not null,
        created_at integer not null,
        constraint search_documents_key unique (conversation_id, sequence)
      ) strict`.execute(db);
    // Which documents have a term, and nothing else: neither the terms of a document nor where they stand in it.
    await sql`
      create virtual table if not exists search_terms using fts5(
        terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
      )`.execute(db);
    await sql`
      create trigger if not exists search_documents_deleted after delete on search_documents begin
        delete from search_terms where rowid = old.id;
      end`.execute(db);
  } else {
    await sql`
      create table if not exists search_documents (
        conversation_id bigint not null,
        sequence bigint not null,
        created_at bigint not null,
        terms mediumtext character set ascii collate ascii_bin not null,
        primary key (conversation_id, sequence),
        fulltext key search_documents_terms (terms)
      ) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin`.execute(db);
  }
}
