import { useState } from 'preact/hooks';
import { PasswordField } from '../account/password-field.tsx';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { Form } from '../parts/form.tsx';
import { Told } from '../parts/told.tsx';
import { text } from '../text/text.ts';
import { SettingsView } from './settings-view.tsx';

export const ChangePassword = () => {
  const [isDone, setDone] = useState(false);
  const t = text.value;
  return (
    <SettingsView title={t.password}>
      {isDone ? (
        <Told title={t.passwordSet}>
          <p>{t.othersSignedOut}</p>
        </Told>
      ) : (
        <ChangePasswordForm onDone={() => setDone(true)} />
      )}
    </SettingsView>
  );
};

const ChangePasswordForm = ({ onDone }: { onDone: () => void }) => {
  const t = text.value;
  return (
    <Form
      action={t.save}
      onSubmit={async ({ currentPassword = '', password = '' }) => {
        await doorbell.account.changePassword(currentPassword, password);
        onDone();
      }}
    >
      {(problems) => (
        <>
          {/* For password managers, which keep a password by the name that it is of. */}
          <input type="text" autocomplete="username" value={me.value?.username} readOnly hidden />
          <PasswordField
            label={t.currentPassword}
            name="currentPassword"
            autocomplete="current-password"
            problem={problems['currentPassword']}
          />
          <PasswordField
            label={t.nextPassword}
            autocomplete="new-password"
            hint={t.passwordHint}
            problem={problems['password']}
          />
        </>
      )}
    </Form>
  );
};
