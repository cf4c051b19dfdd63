import { Field } from '../parts/field.tsx';
import { text } from '../text/text.ts';
import { AccountForm } from './account-form.tsx';
import { PasswordField } from './password-field.tsx';
import { register } from './sign-in-state.ts';

export const Register = () => {
  const t = text.value;
  return (
    <AccountForm
      title={t.register}
      action={t.register}
      onSubmit={({ username = '', displayName = '', email = '', password = '' }) => {
        const name = displayName.trim();
        return register({ username, email, password, ...(name ? { displayName: name } : {}) });
      }}
      aside={
        <>
          {t.haveAccount} <a href="/sign-in">{t.signIn}</a>
        </>
      }
    >
      {(problems) => (
        <>
          <Field
            label={t.username}
            name="username"
            autocomplete="username"
            isLiteral
            required
            maxLength={32}
            hint={t.usernameHint}
            problem={problems['username']}
          />
          <Field
            label={t.displayName}
            name="displayName"
            autocomplete="name"
            maxLength={64}
            hint={t.displayNameHint}
            problem={problems['displayName']}
          />
          <Field
            label={t.email}
            name="email"
            type="email"
            autocomplete="email"
            required
            hint={t.emailHint}
            problem={problems['email']}
          />
          <PasswordField
            autocomplete="new-password"
            hint={t.passwordHint}
            problem={problems['password']}
          />
        </>
      )}
    </AccountForm>
  );
};
