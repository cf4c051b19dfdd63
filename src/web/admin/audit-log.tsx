import '../parts/items.css';
import { useEffect, useState } from 'preact/hooks';
import type { AuditPage } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { ListEnd } from '../parts/list-end.tsx';
import { PagedList } from '../parts/paged-list.ts';
import { adminUserPathOf } from '../router/routes.ts';
import { text } from '../text/text.ts';
import { fullTime } from '../text/times.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';
import { auditDetail } from './audit-detail.ts';
import { Scrolled } from './scrolled.tsx';

/** What admins did, the newest first. */
export const AuditLog = () => {
  const [list] = useState(() => new PagedList((_search, before) => listAudit(before)));
  useEffect(() => void list.again(), [list]);
  const t = text.value;
  return (
    <>
      <AdminHead title={t.auditLog} onRefresh={() => list.again()} />
      <Scrolled label={t.auditLog} isBusy={list.state.value === 'loading'}>
        <ul class="items">
          {list.items.value.map((entry) => (
            <AuditEntry key={entry.id} entry={entry} />
          ))}
        </ul>
        <ListEnd list={list} nothing={t.nothingDone} />
      </Scrolled>
    </>
  );
};

async function listAudit(before?: string) {
  const { entries, next } = await asAdmin(doorbell.admin.listAudit(before ? { before } : {}));
  return { items: entries, next };
}

const AuditEntry = ({ entry }: { entry: AuditPage['entries'][number] }) => {
  const { at, admin, act, target, detail } = entry;
  const { audit, aCommand, open } = text.value;
  const hasUser = act.startsWith('user.') && act !== 'user.delete';
  return (
    <li class="item">
      <div class="audit-entry">
        <p>{audit[act](admin ?? aCommand, target)}</p>
        <p class="item-about">
          <time dateTime={at}>{fullTime(at)}</time>
          {detail && ` · ${auditDetail(entry)}`}
        </p>
      </div>
      {hasUser && (
        <a class="button" href={adminUserPathOf(target)} aria-label={`${open}: ${target}`}>
          {open}
        </a>
      )}
    </li>
  );
};
