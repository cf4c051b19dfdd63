import { WhenNear } from '../parts/when-near.tsx';
import { text } from '../text/text.ts';
import type { OpenConversation } from './open-conversation.ts';

/** The top of the timeline: fetches what came before when one gets near. */
export const OlderMessages = ({ open }: { open: OpenConversation }) => {
  const t = text.value;
  const first = open.messages.value[0]?.sequence;
  if (!open.hasOlder) return <p class="timeline-top">{t.beginning}</p>;
  if (open.older.value === 'failed')
    return (
      <p class="timeline-top" role="alert">
        {t.olderFailed}{' '}
        <button type="button" class="button" onClick={() => void open.loadOlder()}>
          {t.retry}
        </button>
      </p>
    );
  return (
    <div class="timeline-top">
      <WhenNear after={first} onNear={() => void open.loadOlder()} />
      <span aria-hidden="true">{t.loadingOlder}</span>
    </div>
  );
};
