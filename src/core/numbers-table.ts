import { type AliasedRawBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { isSqlite } from './dialect.ts';
import type { Tables } from './tables.ts';

/** What a statement is given for a table of numbers: to SQLite each of them, to others one JSON text. */
export type Numbers = readonly (number | string | null)[];

/**
 * Rows of integers for `numbersTable`. SQLite gets as many as the next power of two, those that are too many without
 * anything in them, so that tables of all lengths make a handful of statements; JSON would double what a look-up costs it.
 * At least `length` of them, for several tables of one statement to be of one length; then there has to be one row.
 */
export function numbersOf(
  db: Kysely<Tables>,
  rows: readonly (readonly number[])[],
  { length = rows.length }: { length?: number } = {},
): Numbers {
  if (!isSqlite(db)) return [JSON.stringify(rows)];
  const numbers: (number | null)[] = rows.flat();
  const width = rows[0]?.length ?? 1;
  const padded = 2 ** Math.ceil(Math.log2(Math.max(length, 1)));
  while (numbers.length < padded * width) numbers.push(null);
  return numbers;
}

/**
 * Rows of integers as a table called `asked` to join with: one look-up for many askers. In MariaDB 50 such rows cost a
 * third of a UNION of 50 look-ups. What is joined to it goes in a CROSS JOIN, with `inThisOrder` at the front of the
 * statement.
 */
export function numbersTable<Column extends string>(
  db: Kysely<Tables>,
  columns: readonly Column[],
  numbers: Numbers,
): AliasedRawBuilder<Record<Column, number>, 'asked'> {
  const table = isSqlite(db) ? valuesTable(columns, numbers) : jsonTable(columns, numbers);
  return (table as RawBuilder<Record<Column, number>>).as('asked');
}

function valuesTable(columns: readonly string[], numbers: Numbers): RawBuilder<unknown> {
  const rows: RawBuilder<unknown>[] = [];
  for (let at = 0; at < numbers.length; at += columns.length)
    rows.push(sql`(${sql.join(numbers.slice(at, at + columns.length))})`);
  const named = columns.map(
    (column, at) => sql`${sql.ref(`column${at + 1}`)} as ${sql.ref(column)}`,
  );
  return sql`(select ${sql.join(named)} from (values ${sql.join(rows)}))`;
}

function jsonTable(columns: readonly string[], [json]: Numbers): RawBuilder<unknown> {
  const defined = columns.map(
    (column, index) => sql`${sql.ref(column)} bigint path ${sql.lit(`$[${index}]`)}`,
  );
  return sql`json_table(${json}, '$[*]' columns (${sql.join(defined)}))`;
}

/** Keeps a database from beginning with another table: SQLite keeps the order of a CROSS JOIN, and others that of this. */
export const inThisOrder = (db: Kysely<Tables>): RawBuilder<unknown> =>
  isSqlite(db) ? sql`` : sql`straight_join`;
