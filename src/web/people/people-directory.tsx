import { useState } from 'preact/hooks';
import type { User } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PagedList } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { navigate } from '../router/router.ts';
import { pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { learnNames } from './names.ts';

/** Everybody there is, to be found by name and written to. */
export const PeopleDirectory = () => {
  const [list] = useState(() => new PagedList(findPeople));
  const t = text.value;
  return (
    <>
      <ViewHead>
        <h1>{t.people}</h1>
      </ViewHead>
      <SearchedList
        list={list}
        label={t.searchPeople}
        nothing={t.nobodyFound}
        keyOf={({ username }) => username}
      >
        {(user) => <Person user={user} />}
      </SearchedList>
    </>
  );
};

async function findPeople(search: string, after?: string) {
  const { users, hasMore, next } = await doorbell.api.listUsers({
    ...(search ? { search } : {}),
    ...(after ? { after } : {}),
  });
  learnNames(users);
  return { items: users, next: hasMore ? next : null };
}

const Person = ({ user: { username, displayName, about, online } }: { user: User }) => (
  <>
    <Avatar name={username} shownName={displayName} isOnline={online} />
    <span class="searched-words">
      <span class="searched-title">
        <bdi>{displayName}</bdi>
      </span>
      <span class="searched-about" dir="auto">
        @{username}
        {about && ` · ${about}`}
      </span>
    </span>
    <button
      type="button"
      class="button"
      aria-label={text.value.writeTo(displayName)}
      onClick={() => void writeTo(username)}
    >
      {text.value.writeShort}
    </button>
  </>
);

async function writeTo(username: string): Promise<void> {
  try {
    const { id } = await doorbell.openDirect(username);
    navigate(pathOf(id));
  } catch (error) {
    tellProblem(error);
  }
}
