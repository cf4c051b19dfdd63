import { useEffect } from 'preact/hooks';
import type { User } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { BlockIcon, EditIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';
import { findBlocked, isBlocked } from './blocked.ts';
import { askToBlock, unblock } from './blocking.ts';
import { isSomebodyElse } from './somebody-else.ts';
import { writeTo } from './write-to.ts';

/** What one can do about somebody, or with one's own profile. */
export const PersonActions = ({ user }: { user: User }) => {
  useEffect(() => void findBlocked(), []);
  const { username } = user;
  const t = text.value;
  if (username === me.value?.username)
    return (
      <a class="button person-actions" href="/settings">
        <EditIcon /> {t.editProfile}
      </a>
    );
  if (!isSomebodyElse(username)) return null;
  const isNow = isBlocked(username);
  return (
    <div class="person-actions">
      <button type="button" class="button" data-kind="main" onClick={() => void writeTo(username)}>
        {t.writeShort}
      </button>
      <button type="button" class="button" onClick={() => (isNow ? unblock : askToBlock)(user)}>
        <BlockIcon /> {isNow ? t.unblockShort : t.blockShort}
      </button>
    </div>
  );
};
