import { useState } from 'preact/hooks';
import type { AdminUser } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { text } from '../text/text.ts';
import { fullTime } from '../text/times.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';
import { Facts } from './facts.tsx';
import { Fetched } from './fetched.ts';
import { FetchedBody } from './fetched-body.tsx';
import { figure } from './figures.ts';
import { UserActs } from './user-acts.tsx';

/** What admins know of a user, and what they can do. */
export const UserPage = ({ username }: { username: string }) => {
  const [user] = useState(() => new Fetched(() => asAdmin(doorbell.admin.getUser(username))));
  const title = user.value.value?.displayName ?? username;
  return (
    <>
      <AdminHead title={title} back="/admin/users" onRefresh={() => user.again()} />
      <FetchedBody label={title} of={user}>
        {(fetched) => (
          <>
            <UserFacts user={fetched} />
            <UserActs user={fetched} shown={user} />
          </>
        )}
      </FetchedBody>
    </>
  );
};

const UserFacts = ({ user }: { user: AdminUser }) => {
  const t = text.value;
  return (
    <Facts
      facts={[
        [t.username, `@${user.username}`],
        [t.email, user.email],
        [t.role, t.userRoles[user.role]],
        [t.devices, figure(user.sessions)],
        [t.since, fullTime(user.createdAt)],
        [t.lastSeenName, user.lastSeenAt === null ? t.never : fullTime(user.lastSeenAt)],
        ...(user.disabledAt === null
          ? []
          : [[t.disabledSince, fullTime(user.disabledAt)] as const]),
      ]}
    />
  );
};
