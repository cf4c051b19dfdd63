import { SearchIcon, SettingsIcon } from '../parts/icons.tsx';
import { searchPathOf, settingsPathOf } from '../router/routes.ts';
import { text } from '../text/text.ts';

/** What there is of any conversation beside its messages. */
export const HeadLinks = ({ id }: { id: string }) => {
  const { searchHere, conversationSettings } = text.value;
  const links = [
    { href: searchPathOf(id), name: searchHere, icon: <SearchIcon /> },
    { href: settingsPathOf(id), name: conversationSettings, icon: <SettingsIcon /> },
  ];
  return links.map(({ href, name, icon }) => (
    <a key={href} class="icon-button" href={href} title={name} aria-label={name}>
      {icon}
    </a>
  ));
};
