import './emoji-dialog.css';
import { signal } from '@preact/signals';
import { CloseIcon } from '../parts/icons.tsx';
import { lazy } from '../parts/lazy.tsx';
import { useModal } from '../parts/use-modal.ts';
import { text } from '../text/text.ts';
import { rememberEmoji } from './recent-emoji.ts';

type OnPick = (emoji: string) => void;

const asked = signal<OnPick | undefined>();

export const askForEmoji = (onPick: OnPick): void => {
  asked.value = onPick;
};

const EmojiPicker = lazy(async () => (await import('./emoji-picker.tsx')).EmojiPicker);

/** Stands once in the page. */
export const EmojiDialog = () => asked.value && <OpenDialog onPick={asked.value} />;

const OpenDialog = ({ onPick }: { onPick: OnPick }) => {
  const dialog = useModal();
  const close = (): void => dialog.current?.close();
  const pick = (emoji: string): void => {
    close();
    rememberEmoji(emoji);
    onPick(emoji);
  };
  return (
    <dialog
      ref={dialog}
      class="emoji-dialog"
      aria-label={text.value.emoji}
      onClose={() => {
        asked.value = undefined;
      }}
      closedby="any"
    >
      <div class="emoji-frame">
        <header class="emoji-head">
          <h2>{text.value.emoji}</h2>
          <button type="button" class="icon-button" aria-label={text.value.close} onClick={close}>
            <CloseIcon />
          </button>
        </header>
        <EmojiPicker onPick={pick} />
      </div>
    </dialog>
  );
};
