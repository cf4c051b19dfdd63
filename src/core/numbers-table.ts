import { type AliasedRawBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { isSqlite } from './dialect.ts';
import type { Tables } from './tables.ts';

/**
 * Rows of integers, written by `numbersJson`, as a table called `asked` to join with: one look-up for many askers, in a
 * statement whose text is the same however many they are. In MariaDB 50 such rows cost a third of a UNION of 50
 * look-ups. What is joined to it goes in a CROSS JOIN, with `inThisOrder` at the front of the statement.
 */
export function numbersTable<Column extends string>(
  db: Kysely<Tables>,
  columns: readonly Column[],
  json: string,
): AliasedRawBuilder<Record<Column, number>, 'asked'> {
  const define = isSqlite(db)
    ? (column: string, index: number) => sql`value ->> ${sql.lit(index)} as ${sql.ref(column)}`
    : (column: string, index: number) =>
        sql`${sql.ref(column)} bigint path ${sql.lit(`$[${index}]`)}`;
  const defined = sql.join(columns.map(define));
  const table: RawBuilder<Record<Column, number>> = isSqlite(db)
    ? sql`(select ${defined} from json_each(${json}))`
    : sql`json_table(${json}, '$[*]' columns (${defined}))`;
  return table.as('asked');
}

export const numbersJson = (rows: readonly (readonly number[])[]): string => JSON.stringify(rows);

/** Keeps a database from beginning with another table: SQLite keeps the order of a CROSS JOIN, and others that of this. */
export const inThisOrder = (db: Kysely<Tables>): RawBuilder<unknown> =>
  isSqlite(db) ? sql`` : sql`straight_join`;
