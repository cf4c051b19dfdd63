import './shell.css';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EmojiDialog } from '../emoji/emoji-dialog.tsx';
import { Announcer } from '../parts/announcer.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Empty } from '../parts/empty.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Notice } from '../parts/notice.tsx';
import { route } from '../router/router.ts';
import type { Route } from '../router/routes.ts';
import { text } from '../text/text.ts';
import { ConnectionState } from './connection-state.tsx';
import { Sidebar } from './sidebar.tsx';

/** What a person who is signed in sees: the list, and beside it, or on narrow screens in its place, one thing. */
export const Shell = () => (
  <main class="shell" data-view={route.value.view}>
    <ConnectionState />
    <Sidebar />
    <Beside />
    <Confirm />
    <EmojiDialog />
    <Notice />
    <Announcer />
  </main>
);

const Beside = () => {
  const section = useRef<HTMLElement>(null);
  const hasMoved = useRef(false);
  const shown = route.value;
  // Whoever does not see the screen is taken along, unless the view has put the focus where it is of use.
  useEffect(() => {
    const isInside = section.current?.contains(document.activeElement);
    if (hasMoved.current && !isInside) section.current?.focus();
    hasMoved.current = true;
  }, [shown]);
  return (
    <section class="shell-main" ref={section} tabIndex={-1}>
      <View shown={shown} />
    </section>
  );
};

/** Not of the first screen, but nearly always the second. */
export const fetchConversation = async () =>
  (await import('../conversation/conversation-view.tsx')).ConversationView;

const Admin = lazy(async () => (await import('../admin/admin.tsx')).Admin);

const views: Partial<Record<Route['view'], ComponentType>> = {
  people: lazy(async () => (await import('../people/people-directory.tsx')).PeopleDirectory),
  rooms: lazy(async () => (await import('../rooms/room-directory.tsx')).RoomDirectory),
  newRoom: lazy(async () => (await import('../rooms/new-room.tsx')).NewRoom),
  settings: lazy(async () => (await import('../settings/settings.tsx')).Settings),
  changeEmail: lazy(async () => (await import('../settings/change-email.tsx')).ChangeEmail),
  changePassword: lazy(
    async () => (await import('../settings/change-password.tsx')).ChangePassword,
  ),
  devices: lazy(async () => (await import('../settings/devices.tsx')).Devices),
  blocked: lazy(async () => (await import('../settings/blocked-people.tsx')).BlockedPeople),
  deleteAccount: lazy(async () => (await import('../settings/delete-account.tsx')).DeleteAccount),
  adminOverview: Admin,
  adminUsers: Admin,
  adminUser: Admin,
  adminRooms: Admin,
  adminMessages: Admin,
  adminAudit: Admin,
  search: lazy(async () => (await import('../search/search.tsx')).Search),
  archived: lazy(async () => (await import('../conversations/archived.tsx')).Archived),
  nothing: () => <Empty title={text.value.nothingHere} />,
};

const ofConversation = {
  conversation: lazy(fetchConversation),
  members: lazy(async () => (await import('../rooms/room-members.tsx')).RoomMembers),
  addPeople: lazy(async () => (await import('../rooms/add-people.tsx')).AddPeople),
  searchIn: lazy(async () => (await import('../search/search.tsx')).Search),
  conversationSettings: lazy(
    async () =>
      (await import('../conversation-settings/conversation-settings.tsx')).ConversationSettings,
  ),
};

const Person = lazy(async () => (await import('../people/person.tsx')).Person);

const View = ({ shown }: { shown: Route }) => {
  if ('id' in shown) {
    const Part = ofConversation[shown.view];
    return <Part key={shown.id} id={shown.id} />;
  }
  if (shown.view === 'person') return <Person key={shown.username} username={shown.username} />;
  const Other = views[shown.view];
  if (Other) return <Other />;
  const { pickConversation, pickConversationHint } = text.value;
  return <Empty title={pickConversation} hint={pickConversationHint} />;
};
