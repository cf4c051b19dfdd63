import { type RawBuilder, sql } from 'kysely';

/**
 * A condition: one of the two has blocked the other. Each is a column, as by `sql.ref`, or an id. Two look-ups by
 * key: written with EXISTS, MariaDB may read all blocks there are instead.
 */
export const blockBetween = (
  one: RawBuilder<number> | number,
  other: RawBuilder<number> | number,
): RawBuilder<boolean> =>
  sql`((select 1 from blocks where blocker_id = ${one} and blocked_id = ${other}) is not null
    or (select 1 from blocks where blocker_id = ${other} and blocked_id = ${one}) is not null)`;
