import '../parts/items.css';
import { useEffect, useState } from 'preact/hooks';
import { Avatar } from '../parts/avatar.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PagedList } from '../parts/paged-list.ts';
import { isBlocked, listBlocked, setBlocked } from '../people/blocked.ts';
import { text } from '../text/text.ts';
import { SettingsView } from './settings-view.tsx';

/** Whom one has blocked. Who is unblocked stays in the list while it is shown, so that one can think again. */
export const BlockedPeople = () => {
  const [list] = useState(() => new PagedList((_search, after) => listBlocked(after)));
  useEffect(() => void list.search(''), [list]);
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
