import './settings.css';
import { me } from '../account/sign-in-state.ts';
import { forgetDrafts } from '../conversation/drafts.ts';
import { doorbell } from '../doorbell.ts';
import { Choices } from '../parts/choices.tsx';
import { LeaveIcon, ShieldIcon } from '../parts/icons.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PushSwitch } from '../push/push-switch.tsx';
import { changeLanguage } from '../shell/languages.ts';
import { theme } from '../shell/theme.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { type Language, language, text } from '../text/text.ts';
import { ProfileForm } from './profile-form.tsx';
import { SettingsLinks } from './settings-links.tsx';

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

export const Settings = () => {
  const t = text.value;
  return (
    <>
      <ViewHead>
        <h1>{t.settings}</h1>
      </ViewHead>
      <div class="view-body settings">
        <ProfileForm />
        <SettingsLinks />
        <Choices
          name="theme"
          label={t.appearance}
          chosen={theme.value}
          choices={[
            ['system', t.asSystem],
            ['light', t.light],
            ['dark', t.dark],
          ]}
          onChoose={(chosen) => {
            theme.value = chosen;
          }}
        />
        <Choices
          name="language"
          label={t.language}
          chosen={language.value}
          choices={LANGUAGES}
          onChoose={(chosen) => void changeLanguage(chosen).catch(tellProblem)}
        />
        {me.value?.role === 'admin' && (
          <a class="button" href="/admin">
            <ShieldIcon /> {t.administration}
          </a>
        )}
        <PushSwitch />
        <button
          type="button"
          class="button"
          onClick={() => void doorbell.logout().then(forgetDrafts, tellProblem)}
        >
          <LeaveIcon /> {t.signOut}
        </button>
      </div>
    </>
  );
};
