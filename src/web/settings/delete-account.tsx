import { useState } from 'preact/hooks';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { text } from '../text/text.ts';
import { SettingsView } from './settings-view.tsx';
import { signedOutBy } from './signed-out-by.ts';

/** Only for whoever types the username, since nothing brings it back. */
export const DeleteAccount = () => {
  const [isOtherName, setOtherName] = useState(false);
  const t = text.value;
  const username = me.value?.username ?? '';
  return (
    <SettingsView title={t.deleteAccount}>
      <p class="settings-hint">{t.deleteAccountHint}</p>
      <Form
        action={t.deleteAccount}
        kind="danger"
        onSubmit={async ({ username: typed = '' }) => {
          const isRight = typed.trim().toLowerCase() === username;
          setOtherName(!isRight);
          if (isRight) await signedOutBy(doorbell.deleteAccount());
        }}
      >
        {() => (
          <Field
            label={t.typeUsername(username)}
            name="username"
            autocomplete="off"
            isLiteral
            required
            problem={isOtherName ? t.otherUsername : undefined}
          />
        )}
      </Form>
    </SettingsView>
  );
};
