import './conversation-settings.css';
import { findConversation, hasAll } from '../conversations/conversations.ts';
import { titleOf } from '../conversations/title.ts';
import { Empty } from '../parts/empty.tsx';
import { pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { Leaving } from './leaving.tsx';
import { OwnView } from './own-view.tsx';
import { RoomForm } from './room-form.tsx';

/** What one decides about a conversation: for oneself and, with a role in a room, for all. */
export const ConversationSettings = ({ id }: { id: string }) => {
  const conversation = findConversation(id);
  const t = text.value;
  return (
    <>
      <ViewHead back={pathOf(id)}>
        <h1>{conversation ? t.settingsOf(titleOf(conversation)) : t.conversationSettings}</h1>
      </ViewHead>
      {conversation ? (
        <div class="view-body conversation-settings">
          {conversation.kind === 'room' && conversation.role !== 'member' && (
            <RoomForm room={conversation} />
          )}
          <OwnView conversation={conversation} />
          {conversation.kind === 'room' && <Leaving room={conversation} />}
        </div>
      ) : (
        <div class="view-body" aria-busy={!hasAll.value}>
          {hasAll.value && <Empty title={t.conversationGone} hint={t.conversationGoneHint} />}
        </div>
      )}
    </>
  );
};
