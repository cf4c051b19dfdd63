import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { User } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { PagedList, pageQuery } from '../parts/paged-list.ts';
import { SearchedList } from '../parts/searched-list.tsx';
import { personPathOf } from '../router/routes.ts';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';
import { learnNames } from './names.ts';

/** Everybody there is, to be found by name; each with what one can do. */
export const PeopleList = ({ children }: { children: (user: User) => ComponentChildren }) => {
  const [list] = useState(() => new PagedList(findPeople));
  const { searchPeople, nobodyFound } = text.value;
  return (
    <SearchedList
      list={list}
      label={searchPeople}
      nothing={nobodyFound}
      keyOf={({ username }) => username}
    >
      {(user) => (
        <>
          <Person user={user} />
          {children(user)}
        </>
      )}
    </SearchedList>
  );
};

async function findPeople(search: string, after?: string) {
  const { users, hasMore, next } = await doorbell.api.listUsers(pageQuery(search, after));
  learnNames(users);
  return { items: users, next: hasMore ? next : null };
}

const Person = ({ user: { username, displayName, about, online } }: { user: User }) => (
  <a class="item-link" href={personPathOf(username)}>
    <Avatar name={username} shownName={displayName} isOnline={online} />
    <ItemWords
      title={displayName}
      about={about ? `@${username} · ${isolate(about)}` : `@${username}`}
    />
  </a>
);
