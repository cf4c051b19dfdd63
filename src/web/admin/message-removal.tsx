import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { confirmFirst } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { useSubmission } from '../parts/use-submission.ts';
import { problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';
import { isNotFound } from './is-not-found.ts';

interface Outcome {
  id: string;
  error?: unknown;
}

/** Deletes a message by the id that somebody told: admins cannot read what they are no members of. */
export const MessageRemoval = () => {
  const t = text.value;
  const [outcome, setOutcome] = useState<Outcome>();
  const remove = async (id: string): Promise<void> => {
    try {
      await asAdmin(doorbell.admin.deleteMessage(id));
      setOutcome({ id });
    } catch (error) {
      setOutcome({ id, error });
    }
  };
  const { submit } = useSubmission(async ({ id = '' }) => {
    setOutcome(undefined);
    ask(id.trim(), remove);
  });
  return (
    <>
      <AdminHead title={t.messages} />
      <form class="view-body admin-body" onSubmit={submit}>
        <Field
          label={t.messageId}
          name="id"
          required
          isLiteral
          autocomplete="off"
          hint={t.messageIdHint}
        />
        <div>
          <p class="field-problem" role="alert">
            {outcome?.error !== undefined && problemOf(outcome.error)}
          </p>
          <p role="status">{outcome && !outcome.error && t.messageRemoved(outcome.id)}</p>
        </div>
        <button type="submit" class="button">
          {t.removeForAll}
        </button>
      </form>
    </>
  );
};

const problemOf = (error: unknown): string =>
  isNotFound(error) ? text.value.noSuchMessage : problemText(error);

function ask(id: string, remove: (id: string) => Promise<void>): void {
  const { removeMessage, removeAsAdminHint, remove: action } = text.value;
  confirmFirst({
    title: removeMessage,
    hint: removeAsAdminHint,
    action,
    onConfirm: () => void remove(id),
  });
}
