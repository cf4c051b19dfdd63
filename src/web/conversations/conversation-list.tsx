import './conversations.css';
import { Empty } from '../parts/empty.tsx';
import { route } from '../router/router.ts';
import { text } from '../text/text.ts';
import { ConversationEntry } from './conversation-entry.tsx';
import { archivedConversations, conversations, hasAll } from './conversations.ts';

export const ConversationList = () => {
  const t = text.value;
  const all = conversations.value;
  if (!hasAll.value) return <Skeleton />;
  if (all.length === 0)
    return (
      <>
        <Empty title={t.noConversations} hint={t.noConversationsHint}>
          <a class="button" data-kind="main" href="/people">
            {t.findPeople}
          </a>
          <a class="button" href="/rooms">
            {t.findRooms}
          </a>
        </Empty>
        <ArchivedLink />
      </>
    );
  const open = 'id' in route.value ? route.value.id : undefined;
  return (
    <>
      <ul class="entries" aria-label={t.conversations}>
        {all.map((conversation) => (
          <ConversationEntry
            key={conversation.id}
            conversation={conversation}
            isOpen={conversation.id === open}
          />
        ))}
      </ul>
      <ArchivedLink />
    </>
  );
};

const ArchivedLink = () => {
  const count = archivedConversations.value.length;
  if (count === 0) return null;
  return (
    <a class="archived-link" href="/archived">
      {text.value.archived} ({count})
    </a>
  );
};

/** What the list is going to look like. */
const Skeleton = () => (
  <div class="entries" aria-busy="true">
    <p class="visually-hidden">{text.value.loading}</p>
    {[1, 2, 3, 4, 5, 6].map((number) => (
      <div key={number} class="entry entry-ghost" aria-hidden="true">
        <span class="avatar" />
        <span class="entry-words" />
      </div>
    ))}
  </div>
);
