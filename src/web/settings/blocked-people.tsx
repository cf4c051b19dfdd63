import '../parts/items.css';
import { useEffect, useState } from 'preact/hooks';
import type { User } from '../../client/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PagedList } from '../parts/paged-list.ts';
import {
  blockedUsernames,
  findBlocked,
  isBlocked,
  listBlocked,
  setBlocked,
} from '../people/blocked.ts';
import { text } from '../text/text.ts';
import { SettingsView } from './settings-view.tsx';

/** Whom one has blocked. Who is unblocked stays in the list while it is shown, so that one can think again. */
export const BlockedPeople = () => {
  const [list] = useState(() => new PagedList((_search, after) => load(after)));
  const all = blockedUsernames.value;
  useEffect(() => void list.search(''), [list]);
  useEffect(() => {
    if (list.state.peek() === 'idle' && !list.hasMore && !hasAll(list, all)) void list.again();
  }, [list, all]);
  const t = text.value;
  return (
    <SettingsView title={t.blockedPeople}>
      <p class="settings-hint">{t.blockedHint}</p>
      <ul class="items settings-links" aria-busy={list.state.value === 'loading'}>
        {list.items.value.map(({ username, displayName }) => (
          <li key={username} class="item">
            <Avatar name={username} shownName={displayName} />
            <ItemWords title={displayName} about={`@${username}`} />
            <BlockButton username={username} displayName={displayName} />
          </li>
        ))}
      </ul>
      <ListEnd list={list} nothing={t.nobodyBlocked} />
    </SettingsView>
  );
};

/** Else somebody was blocked on another device. */
function hasAll({ items }: PagedList<User>, all: ReadonlySet<string>): boolean {
  const listed = new Set(items.peek().map(({ username }) => username));
  return [...all].every((username) => listed.has(username));
}

async function load(after?: string) {
  await findBlocked();
  return listBlocked(after);
}

const BlockButton = ({ username, displayName }: { username: string; displayName: string }) => {
  const t = text.value;
  const isNow = isBlocked(username);
  return (
    <button
      type="button"
      class="button"
      aria-label={isNow ? t.unblock(displayName) : t.block(displayName)}
      onClick={() => void setBlocked(username, !isNow).catch(tellProblem)}
    >
      {isNow ? t.unblockShort : t.blockShort}
    </button>
  );
};
