import { me } from '../account/sign-in-state.ts';
import { ConversationList } from '../conversations/conversation-list.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { PeopleIcon, RoomIcon, SearchIcon, SettingsIcon } from '../parts/icons.tsx';
import { route } from '../router/router.ts';
import { text } from '../text/text.ts';

export const Sidebar = () => {
  const t = text.value;
  const links = [
    { view: 'search', href: '/search', name: t.searchMessages, icon: <SearchIcon /> },
    { view: 'people', href: '/people', name: t.findPeople, icon: <PeopleIcon /> },
    { view: 'rooms', href: '/rooms', name: t.findRooms, icon: <RoomIcon /> },
    { view: 'settings', href: '/settings', name: t.settings, icon: <SettingsIcon /> },
  ];
  return (
    <nav class="sidebar" aria-label={t.conversations}>
      {route.value.view === 'list' && <h1 class="visually-hidden">{t.conversations}</h1>}
      <header class="sidebar-top">
        <Avatar name={me.value?.username ?? ''} shownName={me.value?.displayName ?? ''} />
        <bdi class="sidebar-name">{me.value?.displayName}</bdi>
        {links.map(({ view, href, name, icon }) => (
          <a
            key={view}
            class="icon-button"
            href={href}
            title={name}
            aria-label={name}
            aria-current={route.value.view === view ? 'page' : undefined}
          >
            {icon}
          </a>
        ))}
      </header>
      <div class="sidebar-list">
        <ConversationList />
      </div>
    </nav>
  );
};
