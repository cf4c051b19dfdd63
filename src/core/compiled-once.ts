import { type Compilable, CompiledQuery, type Kysely } from 'kysely';
import { isSqlite } from './dialect.ts';
import type { Tables } from './tables.ts';

type Parameters = readonly (string | number | null | Uint8Array)[];

interface CompiledOnce<P extends Parameters, Row> {
  (db: Kysely<Tables>, ...parameters: P): Promise<Row[]>;
  compile(db: Kysely<Tables>, ...parameters: P): CompiledQuery;
}

/**
 * A statement that is run with every request, built and compiled only the first time, and once for each number of
 * parameters. `build` must use all of its parameters, once each and in their order, and no others; whatever else
 * differs makes another statement.
 */
export function compiledOnce<P extends Parameters, Row>(
  build: (db: Kysely<Tables>, ...parameters: P) => Compilable<Row>,
): CompiledOnce<P, Row> {
  const texts = new Map<string, string>();

  function textOf(db: Kysely<Tables>, parameters: P): string {
    const { sql, parameters: used } = build(db, ...parameters).compile();
    const isFaithful =
      used.length === parameters.length && used.every((value, at) => value === parameters[at]);
    if (!isFaithful) throw new Error(`other parameters than those given: ${sql}`);
    return sql;
  }

  function compile(db: Kysely<Tables>, ...parameters: P): CompiledQuery {
    const key = `${isSqlite(db) ? 'sqlite' : 'mysql'} ${parameters.length}`;
    const text = texts.get(key) ?? textOf(db, parameters);
    texts.set(key, text);
    return CompiledQuery.raw(text, [...parameters]);
  }

  const execute = async (db: Kysely<Tables>, ...parameters: P) => {
    const { rows } = await db.executeQuery(compile(db, ...parameters));
    return rows as Row[];
  };
  return Object.assign(execute, { compile });
}
