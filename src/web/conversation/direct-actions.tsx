import { useEffect } from 'preact/hooks';
import type { User } from '../../client/index.ts';
import { BlockIcon } from '../parts/icons.tsx';
import { findBlocked, isBlocked } from '../people/blocked.ts';
import { askToBlock, unblock } from '../people/blocking.ts';
import { text } from '../text/text.ts';

/** What one can do about somebody in the head of the conversation with them. */
export const DirectActions = ({ other }: { other: User }) => {
  useEffect(() => void findBlocked(), [other.username]);
  const isNow = isBlocked(other.username);
  const name = (isNow ? text.value.unblock : text.value.block)(other.displayName);
  return (
    <button
      type="button"
      class="icon-button"
      title={name}
      aria-label={name}
      onClick={() => (isNow ? unblock : askToBlock)(other)}
    >
      <BlockIcon />
    </button>
  );
};
