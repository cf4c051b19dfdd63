import './composer.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { askForEmoji } from '../emoji/emoji-dialog.tsx';
import { CheckIcon, SendIcon, SmileIcon } from '../parts/icons.tsx';
import { useFirstFocus } from '../parts/use-first-focus.ts';
import { text } from '../text/text.ts';
import { Composer } from './composer.ts';
import type { OpenConversation } from './open-conversation.ts';
import { WritingAbout } from './writing-about.tsx';

/** From here on it is said how many characters are left. */
const FEW_LEFT = 200;
/** Lines that it grows to where the browser cannot tell by itself. */
const MOST_LINES = 8;

interface ComposerFormProps {
  open: OpenConversation;
  onSent: () => void;
}

export const ComposerForm = ({ open, onSent }: ComposerFormProps) => {
  const [composer] = useState(() => new Composer(open));
  const input = useRef<HTMLTextAreaElement>(null);
  const writing = open.writing.value;
  useFirstFocus(input);
  useEffect(() => {
    composer.begin(writing);
    if (writing.kind !== 'new') input.current?.focus();
  }, [writing]);
  const submit = (): void => {
    if (composer.submit()) onSent();
    input.current?.focus();
  };
  const insert = (emoji: string): void => {
    if (!input.current) return;
    const { selectionStart, selectionEnd } = input.current;
    input.current.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    composer.write(input.current.value);
    input.current.focus();
  };
  const t = text.value;
  const body = composer.body.value;
  const isEdit = writing.kind === 'edit';
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <WritingAbout writing={writing} onCancel={() => composer.cancel()} />
      <div class="composer-row">
        <textarea
          ref={input}
          class="input composer-input"
          rows={Math.min(body.split('\n').length, MOST_LINES)}
          dir="auto"
          value={body}
          aria-label={t.write}
          placeholder={t.write}
          onInput={({ currentTarget }) => composer.write(currentTarget.value)}
          onKeyDown={(event) => onKey(event, composer, submit)}
        />
        <button
          type="button"
          class="icon-button composer-emoji"
          title={t.insertEmoji}
          aria-label={t.insertEmoji}
          onClick={() => askForEmoji(insert)}
        >
          <SmileIcon />
        </button>
        <button
          type="submit"
          class="composer-send"
          aria-label={isEdit ? t.save : t.send}
          disabled={!composer.canSend.value}
        >
          {isEdit ? <CheckIcon /> : <SendIcon />}
        </button>
      </div>
      <p class="composer-left" role="status" data-over={composer.left.value < 0}>
        {composer.left.value < FEW_LEFT && t.charactersLeft(composer.left.value)}
      </p>
    </form>
  );
};

/** Enter sends where there is a real keyboard; on a screen's own, a line is hard to end otherwise. */
function onKey(event: KeyboardEvent, composer: Composer, submit: () => void): void {
  const isTouch = matchMedia('(pointer: coarse)').matches;
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !isTouch) {
    event.preventDefault();
    submit();
  }
  if (event.key === 'Escape') composer.cancel();
  if (event.key === 'ArrowUp' && composer.body.value === '') {
    event.preventDefault();
    composer.editLast();
  }
}
