import { useState } from 'preact/hooks';
import type { AdminUser } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { PagedList, pageQuery } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { adminUserPathOf } from '../router/routes.ts';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';

/** All users, by any of their names. */
export const UserList = () => {
  const [list] = useState(() => new PagedList(findUsers));
  const t = text.value;
  return (
    <>
      <AdminHead title={t.users} onRefresh={() => list.again()} />
      <SearchedList
        list={list}
        label={t.searchUsers}
        nothing={t.nobodyFound}
        keyOf={({ username }) => username}
      >
        {(user) => <UserEntry user={user} />}
      </SearchedList>
    </>
  );
};

async function findUsers(search: string, after?: string) {
  const { users, next } = await asAdmin(doorbell.admin.listUsers(pageQuery(search, after)));
  return { items: users, next };
}

const UserEntry = ({ user }: { user: AdminUser }) => {
  const { username, displayName, email, role, disabledAt } = user;
  const { open, disabled, admin } = text.value;
  const about = [
    ...(disabledAt === null ? [] : [disabled]),
    ...(role === 'admin' ? [admin] : []),
    `@${username}`,
    email,
  ];
  return (
    <>
      <Avatar name={username} shownName={displayName} />
      <ItemWords title={displayName} about={about.join(' · ')} />
      <a
        class="button"
        href={adminUserPathOf(username)}
        aria-label={`${open}: ${isolate(displayName)}`}
      >
        {open}
      </a>
    </>
  );
};
