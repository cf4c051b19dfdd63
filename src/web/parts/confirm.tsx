import './confirm.css';
import { signal } from '@preact/signals';
import { text } from '../text/text.ts';
import { useModal } from './use-modal.ts';

interface Question {
  title: string;
  hint: string;
  /** What the button says that does it. */
  action: string;
  /** Default: danger. */
  kind?: 'main' | 'danger';
  onConfirm: () => void;
}

const asked = signal<Question | undefined>();

/** Asks before something that cannot be undone, or that matters to others. */
export const confirmFirst = (question: Question): void => {
  asked.value = question;
};

const forget = (): void => {
  asked.value = undefined;
};

/** Stands once in the page. */
export const Confirm = () => asked.value && <ConfirmDialog {...asked.value} />;

const ConfirmDialog = ({ title, hint, action, kind = 'danger', onConfirm }: Question) => {
  const dialog = useModal();
  const confirm = (): void => {
    forget();
    onConfirm();
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={forget}>
      <h2 id="confirm-title">{title}</h2>
      <p>{hint}</p>
      <div class="confirm-buttons">
        <button type="button" class="button" onClick={forget}>
          {text.value.cancel}
        </button>
        <button type="button" class="button" data-kind={kind} onClick={confirm}>
          {action}
        </button>
      </div>
    </dialog>
  );
};
