import type { PendingPost } from '../../client/index.ts';
import { connection } from '../account/sign-in-state.ts';
import { ClockIcon, RetryIcon, TrashIcon, WarningIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';
import { MessageText } from './message-text.tsx';
import type { OpenConversation } from './open-conversation.ts';
import { discard, type FailedPost } from './outgoing.ts';

/** A message that the server has not answered yet. */
export const PendingMessage = ({ post }: { post: PendingPost }) => {
  const { sending, waiting } = text.value;
  const state = connection.value === 'live' ? sending : waiting;
  return (
    <li class="message" data-mine="true" data-pending="true">
      <div class="message-column">
        <div class="bubble">
          <MessageText body={post.body} />
          <span class="message-about" title={state}>
            <ClockIcon />
            <span class="visually-hidden">{state}</span>
          </span>
        </div>
      </div>
    </li>
  );
};

/** A message that the server refuses. */
export const FailedMessage = ({ post, open }: { post: FailedPost; open: OpenConversation }) => {
  const t = text.value;
  return (
    <li class="message" data-mine="true" data-failed="true">
      <div class="message-column">
        <div class="bubble">
          <MessageText body={post.body} />
        </div>
        <p class="failure" role="alert">
          <WarningIcon /> {t.notSent}. {post.problem}
        </p>
        <div class="failure-buttons">
          <button type="button" class="button" onClick={() => open.sendAgain(post)}>
            <RetryIcon /> {t.retry}
          </button>
          <button type="button" class="button" onClick={() => discard(post.key)}>
            <TrashIcon /> {t.discard}
          </button>
        </div>
      </div>
    </li>
  );
};
