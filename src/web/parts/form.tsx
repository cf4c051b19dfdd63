import './form.css';
import type { ComponentChildren } from 'preact';
import { fieldProblems, problemText } from '../text/problem-text.ts';
import { CheckIcon } from './icons.tsx';
import { useSubmission } from './use-submission.ts';

interface FormProps {
  action: string;
  kind?: 'main' | 'danger';
  /** Said when it has worked, where the form stays. */
  done?: string;
  /** Is given what was typed, by the names of the fields. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
  /** The fields, which may be told what is wrong with them. */
  children: (problems: Record<string, string>) => ComponentChildren;
}

/** A form within a view. */
export const Form = ({ action, kind = 'main', done, onSubmit, children }: FormProps) => {
  const { isBusy, error, isDone, submit, change } = useSubmission(onSubmit);
  const problems = fieldProblems(error);
  const isOfField = Object.keys(problems).length > 0;
  return (
    <form class="form" onSubmit={submit} onInput={change} aria-busy={isBusy}>
      {children(problems)}
      <p class="field-problem" role="alert">
        {error !== undefined && !isOfField && problemText(error)}
      </p>
      <div class="form-end">
        <button type="submit" class="button" data-kind={kind} disabled={isBusy}>
          {action}
        </button>
        <p class="form-done" role="status">
          {isDone && done && (
            <>
              <CheckIcon /> {done}
            </>
          )}
        </p>
      </div>
    </form>
  );
};
