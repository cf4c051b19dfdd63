import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { text } from '../text/text.ts';
import { AccountForm } from './account-form.tsx';
import { AccountMessage } from './account-message.tsx';
import { mailedToken } from './mailed-token.ts';
import { PasswordField } from './password-field.tsx';

export const ResetPassword = () => {
  const [isDone, setDone] = useState(false);
  const [token] = useState(mailedToken);
  const t = text.value;
  if (isDone) return <AccountMessage title={t.passwordSet} hint={t.passwordSetHint} />;
  return (
    <AccountForm
      title={t.newPassword}
      action={t.save}
      onSubmit={async ({ password = '' }) => {
        await doorbell.account.resetPassword(token, password);
        setDone(true);
      }}
      aside={<a href="/forgot-password">{t.otherMail}</a>}
    >
      {(problems) => (
        <PasswordField
          autocomplete="new-password"
          hint={t.passwordHint}
          problem={problems['password']}
        />
      )}
    </AccountForm>
  );
};
