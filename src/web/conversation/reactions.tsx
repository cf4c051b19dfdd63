import type { Message } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';

/** Adds one's reaction, or takes it back. */
export function toggleReaction({ id, reactions }: Message, emoji: string): void {
  const isMine = reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  const done = isMine ? doorbell.unreact(id, emoji) : doorbell.react(id, emoji);
  done.catch(tellProblem);
}

export const Reactions = ({ message }: { message: Message }) => (
  <div class="reactions">
    {message.reactions.map(({ emoji, count, mine }) => (
      <button
        key={emoji}
        type="button"
        class="reaction"
        aria-pressed={mine}
        aria-label={text.value.reactions(emoji, count)}
        onClick={() => toggleReaction(message, emoji)}
      >
        <span aria-hidden="true">{emoji}</span> <span aria-hidden="true">{count}</span>
      </button>
    ))}
  </div>
);
