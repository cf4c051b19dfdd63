import { useState } from 'preact/hooks';
import { PasswordField } from '../account/password-field.tsx';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Told } from '../parts/told.tsx';
import { text } from '../text/text.ts';
import { SettingsView } from './settings-view.tsx';

export const ChangeEmail = () => {
  const [mailedTo, setMailedTo] = useState<string>();
  const t = text.value;
  return (
    <SettingsView title={t.email}>
      {mailedTo === undefined ? (
        <ChangeEmailForm onMailed={setMailedTo} />
      ) : (
        <Told title={t.mailSent}>
          <p>{t.newEmailMailed(mailedTo)}</p>
        </Told>
      )}
    </SettingsView>
  );
};

const ChangeEmailForm = ({ onMailed }: { onMailed: (email: string) => void }) => {
  const t = text.value;
  return (
    <Form
      action={t.sendMail}
      onSubmit={async ({ email = '', currentPassword = '' }) => {
        await doorbell.account.changeEmail(email, currentPassword);
        onMailed(email);
      }}
    >
      {(problems) => (
        <>
          <p>{t.emailNow(me.value?.email ?? '')}</p>
          <Field
            label={t.newEmail}
            name="email"
            type="email"
            autocomplete="email"
            required
            hint={t.newEmailHint}
            problem={problems['email']}
          />
          <PasswordField
            label={t.currentPassword}
            name="currentPassword"
            autocomplete="current-password"
            problem={problems['currentPassword']}
          />
        </>
      )}
    </Form>
  );
};
