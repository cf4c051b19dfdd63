import { sql } from 'kysely';
import type { Config } from '../core/config.ts';
import { type Database, transact } from '../core/database.ts';
import type { Logger } from '../core/logger.ts';
import type { Announce } from '../notifications/announce.ts';

/** Milliseconds in which fetches are gathered; one write then stands for all of them. */
const GATHERING = 500;
/** Markers of one statement. */
const CHUNK = 200;
/** Markers that may wait while the database is away; more are forgotten, and come with the next fetch. */
const MAX_WAITING = 50_000;

interface Marker {
  conversationId: number;
  userId: number;
  sequence: number;
}

export interface Deliveries {
  /** A member has fetched the messages up to this one. Never throws; costs nothing now. */
  delivered(marker: Marker): void;
  /** Writes what waits. */
  close(): Promise<void>;
}

interface Parts {
  db: Database;
  announce: Announce;
  log: Logger;
  config: Pick<Config, 'presenceMaxMembers'>;
}

/**
 * The fetch is the receipt: `deliveredSequence` follows what members GET, some moments behind, in writes that
 * are shared by all who fetched meanwhile. In conversations that are not large, the others are told.
 */
export function keepDeliveries({ db, announce, log, config }: Parts): Deliveries {
  const waiting = new Map<string, Marker>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    timer = undefined;
    const markers = [...waiting.values()].sort(byKey);
    waiting.clear();
    try {
      for (let at = 0; at < markers.length; at += CHUNK) {
        const chunk = markers.slice(at, at + CHUNK);
        await transact(db, (trx) => moveMarkers(trx, chunk));
        await tellOthers(chunk);
      }
    } catch (error) {
      // The others of this group would only wait as long for a database that is away.
      log.debug({ err: error }, 'delivered markers were not written; the next fetch will');
    }
  }

  async function tellOthers(markers: readonly Marker[]): Promise<void> {
    const readers = Map.groupBy(markers, ({ conversationId }) => conversationId);
    const others = await listMembersOfSmall(db, [...readers.keys()], config.presenceMaxMembers);
    for (const [id, members] of Map.groupBy(others, (row) => row.conversation_id)) {
      const own = readers.get(id) ?? [];
      const [only] = own.length === 1 ? own : [];
      const userIds = members.map((row) => row.user_id).filter((userId) => userId !== only?.userId);
      if (userIds.length > 0) await announce('conversation.updated', String(id), userIds);
    }
  }

  return {
    delivered(marker) {
      const key = `${marker.conversationId} ${marker.userId}`;
      const known = waiting.get(key)?.sequence ?? 0;
      if (marker.sequence <= known || waiting.size >= MAX_WAITING) return;
      waiting.set(key, marker);
      timer ??= setTimeout(() => {
        writing = writing.then(write);
      }, GATHERING);
    },

    async close() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}

/** All writers of several rows take them in this order. */
const byKey = (a: Marker, b: Marker): number =>
  a.conversationId - b.conversationId || a.userId - b.userId;

async function moveMarkers(trx: Database, markers: readonly Marker[]): Promise<void> {
  const cases = sql.join(
    markers.map(
      ({ conversationId, userId, sequence }) =>
        sql`when conversation_id = ${conversationId} and user_id = ${userId} then ${sequence}`,
    ),
    sql` `,
  );
  await trx
    .updateTable('members')
    .set({ delivered_sequence: sql<number>`case ${cases} else delivered_sequence end` })
    .where((eb) =>
      eb.or(
        markers.map(({ conversationId, userId, sequence }) =>
          eb.and([
            eb('conversation_id', '=', conversationId),
            eb('user_id', '=', userId),
            eb('delivered_sequence', '<', sequence),
          ]),
        ),
      ),
    )
    .execute();
}

const listMembersOfSmall = (db: Database, conversationIds: readonly number[], size: number) =>
  db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select(['members.conversation_id', 'members.user_id'])
    .where('members.conversation_id', 'in', conversationIds)
    .where('conversations.member_count', '<=', size)
    .execute();
