import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { text } from '../text/text.ts';

interface FieldProps {
  label: string;
  name: string;
  type?: 'text' | 'email' | 'password' | 'number';
  autocomplete: string;
  required?: boolean;
  maxLength?: number;
  min?: number;
  defaultValue?: string | undefined;
  /** Of a text of several lines. */
  rows?: number;
  /** Whether it is a name that is no word: left as it is typed. */
  isLiteral?: boolean;
  hint?: string | undefined;
  problem?: string | undefined;
  /** Within the input, at its end. */
  button?: ComponentChildren;
}

/** A labelled input, which says what is wrong with it. */
export const Field = ({
  label,
  hint,
  problem,
  button,
  type = 'text',
  isLiteral = false,
  rows,
  ...input
}: FieldProps) => {
  const id = useId();
  const about = problem ? `${id}-problem` : hint ? `${id}-hint` : undefined;
  const common = {
    dir: 'auto',
    spellcheck: !isLiteral,
    autocapitalize: isLiteral ? 'none' : 'sentences',
    id,
    class: 'input',
    'aria-invalid': problem ? 'true' : 'false',
    'aria-describedby': about,
  } as const;
  return (
    <div class="field">
      <label class="field-label" htmlFor={id}>
        {label} {!input.required && <small>({text.value.optional})</small>}
      </label>
      <div class="input-with-button">
        {rows ? (
          <textarea {...input} {...common} rows={rows} />
        ) : (
          // What differs by type is nothing that is used here.
          <input {...input} {...common} type={type as 'text'} />
        )}
        {button}
      </div>
      {problem ? (
        <p class="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      ) : (
        hint && (
          <p class="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  );
};
