import { CloseIcon } from '../parts/icons.tsx';
import { nameOf } from '../people/names.ts';
import { text } from '../text/text.ts';
import type { Writing } from './open-conversation.ts';

interface WritingAboutProps {
  writing: Writing;
  onCancel: () => void;
}

/** Which message is answered or edited. */
export const WritingAbout = ({ writing, onCancel }: WritingAboutProps) => {
  if (writing.kind === 'new') return null;
  const { editing, replyingTo, cancel } = text.value;
  const { sender, body } = writing.message;
  return (
    <div class="writing-about">
      <div class="writing-words">
        <p class="quote-by">{writing.kind === 'edit' ? editing : replyingTo(nameOf(sender))}</p>
        <p class="quote-words" dir="auto">
          {body}
        </p>
      </div>
      <button type="button" class="icon-button" aria-label={cancel} onClick={onCancel}>
        <CloseIcon />
      </button>
    </div>
  );
};
