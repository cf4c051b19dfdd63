import type { Database, Trx } from '../core/database.ts';
import { parseId, toTimestamp } from '../core/ids.ts';
import { cutPage, DEFAULT_PAGE } from '../core/paging.ts';
import { invalidValue } from '../core/problems.ts';
import type { AuditAct, AuditPage, AuditQuery } from './schemas.ts';

export interface Act {
  act: AuditAct;
  /** A username, or the id of a room or message. */
  target: string;
  detail?: string;
}

/** In the transaction of the act itself, so that neither is without the other. A null admin is a command on the server. */
export async function recordAct(
  trx: Trx,
  adminId: number | null,
  { act, target, detail = '' }: Act,
): Promise<void> {
  await trx
    .insertInto('audit_entries')
    .values({ at: Date.now(), admin_id: adminId, act, target, detail })
    .execute();
}

/** The newest first. Throws a 400 for a cursor that no page gave. */
export async function listAudit(
  db: Database,
  { before, limit = DEFAULT_PAGE }: AuditQuery,
): Promise<AuditPage> {
  const cursor = before === undefined ? undefined : parseId(before);
  if (before !== undefined && cursor === undefined) {
    throw invalidValue('before', 'must be the `next` of a page');
  }
  const rows = await db
    .selectFrom('audit_entries as entry')
    .leftJoin('users as admin', 'admin.id', 'entry.admin_id')
    .select(['entry.id', 'entry.at', 'entry.act', 'entry.target', 'entry.detail'])
    .select('admin.username as admin')
    .$if(cursor !== undefined, (query) => query.where('entry.id', '<', cursor ?? 0))
    .orderBy('entry.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { page, hasMore } = cutPage(rows, limit);
  return {
    entries: page.map((row) => ({
      id: String(row.id),
      at: toTimestamp(row.at),
      admin: row.admin,
      act: row.act as AuditAct,
      target: row.target,
      detail: row.detail,
    })),
    hasMore,
    next: hasMore ? String(page.at(-1)?.id) : null,
  };
}
