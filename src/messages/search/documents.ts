import { sql } from 'kysely';
import type { Database, Trx } from '../../core/database.ts';
import { isSqlite, writeInOrder } from '../../core/dialect.ts';
import type { Position } from './positions.ts';
import { prefixOf, type QueryTerm, segmentOf, termsOf } from './terms.ts';

// The documents of the full-text indexes: of MySQL a column of the table itself, of SQLite a table of its own.

export interface IndexedMessage {
  conversation_id: number;
  sequence: number;
  created_at: number;
  body: string | null;
}

/** Of one statement of MySQL: even the longest bodies then fit into a packet. */
const CHUNK = 50;

/** Messages without a word, or without a body, get no document. */
export async function insertDocuments(
  trx: Trx,
  messages: readonly IndexedMessage[],
): Promise<void> {
  const documents = messages
    .map((message) => ({ ...message, terms: documentOf(message) }))
    .filter(({ terms }) => terms !== '');
  if (documents.length === 0) return;
  if (isSqlite(trx)) await insertIntoSqlite(trx, documents);
  else await insertIntoMysql(trx, documents);
}

function documentOf({ conversation_id, sequence, body }: IndexedMessage): string {
  const prefix = prefixOf(conversation_id, segmentOf(sequence));
  return Array.from(termsOf(body ?? ''), (term) => prefix + term).join(' ');
}

type Document = IndexedMessage & { terms: string };

async function insertIntoMysql(trx: Trx, documents: readonly Document[]): Promise<void> {
  for (let at = 0; at < documents.length; at += CHUNK) {
    const rows = documents
      .slice(at, at + CHUNK)
      .map(
        (row) => sql`(${row.conversation_id}, ${row.sequence}, ${row.created_at}, ${row.terms})`,
      );
    await sql`
      insert into search_documents (conversation_id, sequence, created_at, terms)
      values ${sql.join(rows)}`.execute(trx);
  }
}

/** All together: whoever posts waits for this transaction, and so for each answer of its thread. */
async function insertIntoSqlite(trx: Trx, documents: readonly Document[]): Promise<void> {
  // No two transactions run at once, so the numbers that follow are free.
  const { last } = await trx
    .selectFrom('search_documents')
    .select(sql<number | null>`max(id)`.as('last'))
    .executeTakeFirstOrThrow();
  const rows = documents.map((row, index) => ({ ...row, id: (last ?? 0) + index + 1 }));
  const places = rows.map(
    (row) => sql`(${row.id}, ${row.conversation_id}, ${row.sequence}, ${row.created_at})`,
  );
  const terms = rows.map((row) => sql`(${row.id}, ${row.terms})`);
  await writeInOrder(trx, [
    sql`
      insert into search_documents (id, conversation_id, sequence, created_at)
      values ${sql.join(places)}`.compile(trx),
    sql`insert into search_terms (rowid, terms) values ${sql.join(terms)}`.compile(trx),
  ]);
}

/** The newest messages of these segments, by their prefixes, that have all the terms and are older than `before`. */
export const matchDocuments = (
  db: Database,
  {
    prefixes,
    terms,
    before,
    limit,
  }: {
    prefixes: readonly string[];
    terms: readonly QueryTerm[];
    before: Position | undefined;
    limit: number;
  },
): Promise<Position[]> =>
  db
    .selectFrom('search_documents')
    .select(['created_at', 'conversation_id', 'sequence'])
    .where(
      isSqlite(db)
        ? sql<boolean>`id in (select rowid from search_terms where search_terms match ${fts5(prefixes, terms)})`
        : sql<boolean>`match(terms) against (${booleanMode(prefixes, terms)} in boolean mode)`,
    )
    .$if(before !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('created_at', '<', before?.created_at ?? 0),
          eb.and([
            eb('created_at', '=', before?.created_at ?? 0),
            eb('conversation_id', '<', before?.conversation_id ?? 0),
          ]),
          eb.and([
            eb('created_at', '=', before?.created_at ?? 0),
            eb('conversation_id', '=', before?.conversation_id ?? 0),
            eb('sequence', '<', before?.sequence ?? 0),
          ]),
        ]),
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('conversation_id', 'desc')
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();

// Terms are of [a-z0-9_] alone, so nothing of what a user typed is an operator here.

const fts5 = (prefixes: readonly string[], terms: readonly QueryTerm[]): string =>
  prefixes.map((prefix) => `(${spell(prefix, terms, '').join(' AND ')})`).join(' OR ');

const booleanMode = (prefixes: readonly string[], terms: readonly QueryTerm[]): string =>
  terms.length === 1
    ? prefixes.flatMap((prefix) => spell(prefix, terms, '')).join(' ')
    : prefixes.map((prefix) => `(${spell(prefix, terms, '+').join(' ')})`).join(' ');

const spell = (prefix: string, terms: readonly QueryTerm[], sign: '+' | ''): string[] =>
  terms.map(({ term, open }) => `${sign}${prefix}${term}${open ? '*' : ''}`);
