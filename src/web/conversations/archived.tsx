import type { Conversation } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Empty } from '../parts/empty.tsx';
import { ItemWords } from '../parts/item-words.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { isolate } from '../text/isolate.ts';
import { text } from '../text/text.ts';
import { archivedConversations, hasAll } from './conversations.ts';
import { lastLineOf } from './last-line.ts';
import { titleOf } from './title.ts';

/** The conversations that are out of the list until the next message. */
export const Archived = () => {
  const t = text.value;
  const all = archivedConversations.value;
  return (
    <>
      <ViewHead>
        <h1>{t.archived}</h1>
      </ViewHead>
      <div class="view-body" aria-busy={!hasAll.value}>
        {hasAll.value && all.length === 0 && <Empty title={t.nothingArchived} />}
        <ul class="items">
          {all.map((conversation) => (
            <li key={conversation.id} class="item">
              <ArchivedEntry conversation={conversation} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
};

const ArchivedEntry = ({ conversation }: { conversation: Conversation }) => {
  const { id, kind, with: other } = conversation;
  const title = titleOf(conversation);
  const { by, words } = lastLineOf(conversation);
  const t = text.value;
  return (
    <>
      <a class="item-link" href={pathOf(id)}>
        <Avatar name={other?.username ?? id} shownName={title} isRoom={kind === 'room'} />
        <ItemWords title={title} about={by ? `${isolate(by)} ${isolate(words)}` : isolate(words)} />
      </a>
      <button
        type="button"
        class="button"
        aria-label={t.unarchiveNamed(title)}
        onClick={() => void doorbell.setPreferences(id, { archived: false }).catch(tellProblem)}
      >
        {t.unarchive}
      </button>
    </>
  );
};
