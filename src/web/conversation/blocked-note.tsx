import type { User } from '../../client/index.ts';
import { unblock } from '../people/blocking.ts';
import { text } from '../text/text.ts';

/** In place of the composer, where one has blocked the other. */
export const BlockedNote = ({ other }: { other: User }) => {
  const { youBlocked, unblockShort } = text.value;
  return (
    <div class="blocked-note" role="status">
      <p>{youBlocked(other.displayName)}</p>
      <button type="button" class="button" onClick={() => unblock(other)}>
        {unblockShort}
      </button>
    </div>
  );
};
