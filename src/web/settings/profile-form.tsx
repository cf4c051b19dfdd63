import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { text } from '../text/text.ts';

/** What others see of oneself. */
export const ProfileForm = () => {
  const t = text.value;
  return (
    <section class="settings-part">
      <h2>{t.profile}</h2>
      <Form
        action={t.save}
        done={t.saved}
        onSubmit={async ({ displayName = '', about = '' }) => {
          await doorbell.account.changeProfile({ displayName, about });
        }}
      >
        {(problems) => (
          <>
            <p class="quiet">@{me.value?.username}</p>
            <Field
              label={t.displayName}
              name="displayName"
              autocomplete="name"
              required
              maxLength={64}
              defaultValue={me.value?.displayName}
              hint={t.displayNameHint}
              problem={problems['displayName']}
            />
            <Field
              label={t.about}
              name="about"
              autocomplete="off"
              rows={3}
              maxLength={500}
              defaultValue={me.value?.about}
              hint={t.aboutHint}
              problem={problems['about']}
            />
          </>
        )}
      </Form>
    </section>
  );
};
