import { Field } from '../parts/field.tsx';
import { text } from '../text/text.ts';
import { AccountForm } from './account-form.tsx';
import { PasswordField } from './password-field.tsx';
import { signIn } from './sign-in-state.ts';

export const SignIn = () => {
  const t = text.value;
  return (
    <AccountForm
      title={t.signInTo}
      action={t.signIn}
      onSubmit={({ username = '', password = '' }) => signIn(username, password)}
      aside={
        <>
          <a href="/forgot-password">{t.forgotten}</a>
          <br />
          {t.newHere} <a href="/register">{t.register}</a>
        </>
      }
    >
      {() => (
        <>
          <Field
            label={t.usernameOrEmail}
            name="username"
            autocomplete="username"
            isLiteral
            required
          />
          <PasswordField autocomplete="current-password" />
        </>
      )}
    </AccountForm>
  );
};
