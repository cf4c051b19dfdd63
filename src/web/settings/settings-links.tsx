import { me } from '../account/sign-in-state.ts';
import { NextIcon } from '../parts/icons.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { text } from '../text/text.ts';

/** What has a view of its own. */
export const SettingsLinks = () => {
  const t = text.value;
  const links = [
    { href: '/settings/email', title: t.email, about: me.value?.email ?? '' },
    { href: '/settings/password', title: t.password, about: t.passwordAbout },
    { href: '/settings/devices', title: t.devices, about: t.devicesAbout },
    { href: '/settings/blocked', title: t.blockedPeople, about: t.blockedAbout },
    { href: '/settings/delete-account', title: t.deleteAccount, about: t.deleteAccountAbout },
  ];
  return (
    <section class="settings-part">
      <h2>{t.accountTitle}</h2>
      <ul class="items settings-links">
        {links.map(({ href, title, about }) => (
          <li key={href} class="item">
            <a class="item-link" href={href}>
              <ItemWords title={title} about={about} />
              <NextIcon />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
};
