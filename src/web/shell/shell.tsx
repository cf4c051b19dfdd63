import './shell.css';
import type { ComponentChildren } from 'preact';
import { ConversationView } from '../conversation/conversation-view.tsx';
import { Announcer } from '../parts/announcer.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Empty } from '../parts/empty.tsx';
import { Notice } from '../parts/notice.tsx';
import { PeopleDirectory } from '../people/people-directory.tsx';
import { NewRoom } from '../rooms/new-room.tsx';
import { RoomDirectory } from '../rooms/room-directory.tsx';
import { route } from '../router/router.ts';
import { text } from '../text/text.ts';
import { ConnectionState } from './connection-state.tsx';
import { Settings } from './settings.tsx';
import { Sidebar } from './sidebar.tsx';

/** What a person who is signed in sees: the list, and beside it, or on narrow screens in its place, one thing. */
export const Shell = () => (
  <main class="shell" data-view={route.value.view}>
    <ConnectionState />
    <Sidebar />
    <section class="shell-main">
      <Beside />
    </section>
    <Confirm />
    <Notice />
    <Announcer />
  </main>
);

const views: Record<string, () => ComponentChildren> = {
  people: () => <PeopleDirectory />,
  rooms: () => <RoomDirectory />,
  newRoom: () => <NewRoom />,
  settings: () => <Settings />,
  nothing: () => <Empty title={text.value.nothingHere} />,
};

const Beside = () => {
  const shown = route.value;
  if (shown.view === 'conversation') return <ConversationView key={shown.id} id={shown.id} />;
  const { pickConversation, pickConversationHint } = text.value;
  return views[shown.view]?.() ?? <Empty title={pickConversation} hint={pickConversationHint} />;
};
