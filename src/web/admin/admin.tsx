import './admin.css';
import type { ComponentType } from 'preact';
import { route } from '../router/router.ts';
import type { Route } from '../router/routes.ts';
import { AuditLog } from './audit-log.tsx';
import { MessageRemoval } from './message-removal.tsx';
import { Overview } from './overview.tsx';
import { RoomList } from './room-list.tsx';
import { UserList } from './user-list.tsx';
import { UserPage } from './user-page.tsx';

const views: Partial<Record<Route['view'], ComponentType>> = {
  adminOverview: Overview,
  adminUsers: UserList,
  adminRooms: RoomList,
  adminMessages: MessageRemoval,
  adminAudit: AuditLog,
};

/** What admins see of the installation. The router leads nobody else here. */
export const Admin = () => {
  const shown = route.value;
  if (shown.view === 'adminUser')
    return <UserPage key={shown.username} username={shown.username} />;
  const View = views[shown.view];
  return View ? <View /> : null;
};
