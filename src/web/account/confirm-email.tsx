import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { text } from '../text/text.ts';
import { AccountForm } from './account-form.tsx';
import { AccountMessage } from './account-message.tsx';
import { mailedToken } from './mailed-token.ts';

/** Asks once more, since some mail programs open every link to look for harm. */
export const ConfirmEmail = () => {
  const [isDone, setDone] = useState(false);
  const [token] = useState(mailedToken);
  const t = text.value;
  if (isDone) return <AccountMessage title={t.emailConfirmed} />;
  return (
    <AccountForm
      title={t.confirmEmail}
      action={t.confirm}
      onSubmit={async () => {
        await doorbell.account.confirmEmail(token);
        setDone(true);
      }}
      aside={<a href="/">{t.cancel}</a>}
    >
      {() => <p>{t.confirmEmailHint}</p>}
    </AccountForm>
  );
};
