import { RetryIcon } from '../parts/icons.tsx';
import { route } from '../router/router.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';

interface AdminHeadProps {
  title: string;
  back?: string;
  /** Without it there is nothing that could be out of date. */
  onRefresh?: () => Promise<void>;
}

/** The top of each of the admin pages, with the way to the others. */
export const AdminHead = ({ title, back, onRefresh }: AdminHeadProps) => {
  const t = text.value;
  const sections = [
    { view: 'adminOverview', href: '/admin', name: t.overview },
    { view: 'adminUsers', href: '/admin/users', name: t.users },
    { view: 'adminRooms', href: '/admin/rooms', name: t.rooms },
    { view: 'adminMessages', href: '/admin/messages', name: t.messages },
    { view: 'adminAudit', href: '/admin/audit', name: t.auditLog },
  ];
  return (
    <div>
      <ViewHead {...(back ? { back } : {})}>
        <h1 class="admin-title">
          <bdi>{title}</bdi>
        </h1>
        {onRefresh && (
          <button
            type="button"
            class="icon-button head-button"
            title={t.refresh}
            aria-label={t.refresh}
            onClick={() => void onRefresh()}
          >
            <RetryIcon />
          </button>
        )}
      </ViewHead>
      <nav class="admin-sections" aria-label={t.administration}>
        {sections.map(({ view, href, name }) => (
          <a
            key={view}
            class="admin-section"
            href={href}
            aria-current={route.value.view === view ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
    </div>
  );
};
