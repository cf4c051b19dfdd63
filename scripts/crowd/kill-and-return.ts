import { inBatches } from '../bench/in-batches.ts';
import type { Gathering } from './gathering.ts';
import type { Sight } from './orders.ts';
import type { Pair } from './pairs.ts';

/** Seconds for everybody to come back. */
const PATIENCE = 60;
/** Posts under way; each is repeated until the server is back. */
const POSTING_AT_ONCE = 8;

/** Times are milliseconds since 1970. */
export interface Returned {
  killedAt: number;
  /** When there was again somebody to come back to. */
  backAt: number;
  /** When the last of the posts was acknowledged. */
  postedAt: number;
  /** Of all who are connected again, and know all posts. */
  sight: Sight;
}

/** The server is killed with everybody connected and started again; in every conversation somebody posts meanwhile. */
export async function killAndReturn(all: {
  pairs: readonly Pair[];
  crowd: Gathering;
  kill: () => Promise<unknown>;
  /** Resolves when the server is ready. */
  restart: () => Promise<unknown>;
}): Promise<Returned> {
  const killedAt = Date.now();
  await all.kill();
  const posting = postInAll(all.pairs);
  await all.restart();
  const readyAt = Date.now();
  const { heads, postedAt } = await posting;
  const sight = await all.crowd.lookUntilCaughtUp({ heads, syncedSince: killedAt }, PATIENCE);
  // Who waits for a place may see it later than the first of the crowd.
  const backAt = Math.min(readyAt, sight.openedAt ?? readyAt);
  return { killedAt, backAt, postedAt, sight };
}

/** Resolves to the newest sequence of each conversation, and to when the last was acknowledged. */
async function postInAll(pairs: readonly Pair[]) {
  const heads = await inBatches(pairs, POSTING_AT_ONCE, async ({ conversationId, post }) => [
    conversationId,
    await post('said while everybody was away'),
  ]);
  return { heads: Object.fromEntries(heads), postedAt: Date.now() };
}
