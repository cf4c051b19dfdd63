import type { ComponentChildren } from 'preact';
import { useSubmission } from '../parts/use-submission.ts';
import { fieldProblems, problemText } from '../text/problem-text.ts';
import { AccountFrame } from './account-frame.tsx';

interface AccountFormProps {
  title: string;
  action: string;
  /** Is given what was typed, by the names of the fields. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
  /** The fields, which may be told what is wrong with them. */
  children: (problems: Record<string, string>) => ComponentChildren;
  /** Where else one could go. */
  aside: ComponentChildren;
}

/** A form that stands alone in the page. */
export const AccountForm = ({ title, action, onSubmit, children, aside }: AccountFormProps) => {
  const { isBusy, error, submit } = useSubmission(onSubmit);
  const problems = fieldProblems(error);
  const isOfField = Object.keys(problems).length > 0;
  return (
    <AccountFrame>
      <form class="account-parts" onSubmit={submit} aria-busy={isBusy}>
        <h1>{title}</h1>
        {children(problems)}
        <p class="field-problem" role="alert">
          {error !== undefined && !isOfField && problemText(error)}
        </p>
        <button type="submit" class="button" data-kind="main" disabled={isBusy}>
          {action}
        </button>
        <p class="account-aside">{aside}</p>
      </form>
    </AccountFrame>
  );
};
