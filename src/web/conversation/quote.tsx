import { nameOf } from '../people/names.ts';
import { text } from '../text/text.ts';
import type { OpenConversation } from './open-conversation.ts';
import { quotedMessage } from './quotes.ts';

interface QuoteProps {
  id: string;
  open: OpenConversation;
}

/** What a message answers. */
export const Quote = ({ id, open }: QuoteProps) => {
  const held = open.shown.value.get(id);
  const quoted = held ?? quotedMessage(id).value;
  const t = text.value;
  if (quoted === undefined) return <span class="quote" aria-busy="true" />;
  if (quoted === null) return <span class="quote">{t.quoteGone}</span>;
  return (
    <button
      type="button"
      class="quote"
      title={t.toQuoted}
      onClick={() => open.place.jumpTo(quoted.sequence)}
    >
      <bdi class="quote-by">{nameOf(quoted.sender)}</bdi>
      <span class="quote-words" dir="auto">
        {quoted.body ?? t.messageDeleted}
      </span>
    </button>
  );
};
