import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import { EyeIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';

interface PasswordFieldProps {
  label?: string;
  name?: string;
  autocomplete: 'current-password' | 'new-password';
  hint?: string;
  problem?: string | undefined;
}

export const PasswordField = ({
  label = text.value.password,
  name = 'password',
  autocomplete,
  hint,
  problem,
}: PasswordFieldProps) => {
  const [isShown, setShown] = useState(false);
  const t = text.value;
  return (
    <Field
      label={label}
      name={name}
      type={isShown ? 'text' : 'password'}
      autocomplete={autocomplete}
      required
      maxLength={128}
      hint={hint}
      problem={problem}
      button={
        <button
          type="button"
          class="icon-button"
          aria-label={isShown ? t.hidePassword : t.showPassword}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          <EyeIcon />
        </button>
      }
    />
  );
};
