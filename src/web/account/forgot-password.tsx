import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { Field } from '../parts/field.tsx';
import { text } from '../text/text.ts';
import { AccountForm } from './account-form.tsx';
import { AccountMessage } from './account-message.tsx';

export const ForgotPassword = () => {
  const [isSent, setSent] = useState(false);
  const t = text.value;
  if (isSent) return <AccountMessage title={t.mailSent} hint={t.mailSentHint} />;
  return (
    <AccountForm
      title={t.newPassword}
      action={t.sendMail}
      onSubmit={async ({ email = '' }) => {
        await doorbell.account.forgotPassword(email);
        setSent(true);
      }}
      aside={<a href="/sign-in">{t.signIn}</a>}
    >
      {(problems) => (
        <Field
          label={t.email}
          name="email"
          type="email"
          autocomplete="email"
          required
          hint={t.forgotHint}
          problem={problems['email']}
        />
      )}
    </AccountForm>
  );
};
