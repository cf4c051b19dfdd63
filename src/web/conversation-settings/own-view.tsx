import type { Conversation, Preferences } from '../../client/index.ts';
import { titleOf } from '../conversations/title.ts';
import { doorbell } from '../doorbell.ts';
import { confirmFirst } from '../parts/confirm.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { text } from '../text/text.ts';
import { SettingAction } from './setting-action.tsx';

/** What every member decides for themselves. */
export const OwnView = ({ conversation }: { conversation: Conversation }) => {
  const { id, muted, archived } = conversation;
  const t = text.value;
  return (
    <section class="setting-actions" aria-labelledby="for-you-alone">
      <h2 id="for-you-alone">{t.forYouAlone}</h2>
      <SettingAction hint={t.muteHint} onClick={() => void change(id, { muted: !muted })}>
        {muted ? t.unmute : t.mute}
      </SettingAction>
      <SettingAction hint={t.archiveHint} onClick={() => void archive(id, !archived)}>
        {archived ? t.unarchive : t.archive}
      </SettingAction>
      <SettingAction hint={t.clearHistoryHint} onClick={() => askToClear(conversation)}>
        {t.clearHistory}
      </SettingAction>
    </section>
  );
};

/** Returns whether it came about. */
async function change(id: string, preferences: Preferences): Promise<boolean> {
  try {
    await doorbell.setPreferences(id, preferences);
    return true;
  } catch (error) {
    tellProblem(error);
    return false;
  }
}

async function archive(id: string, archived: boolean): Promise<void> {
  const isDone = await change(id, { archived });
  if (isDone && archived) navigate('/');
}

function askToClear(conversation: Conversation): void {
  const { id, lastSequence } = conversation;
  const { clearHistory, clearHistoryOf, clearHistoryHint } = text.value;
  confirmFirst({
    title: clearHistoryOf(titleOf(conversation)),
    hint: clearHistoryHint,
    action: clearHistory,
    onConfirm: () => void change(id, { clearedThrough: lastSequence }),
  });
}
