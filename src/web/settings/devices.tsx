import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionList } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { announce } from '../parts/announcer.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { Empty } from '../parts/empty.tsx';
import { LeaveIcon } from '../parts/icons.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';
import { Device } from './device.tsx';
import { deviceName } from './device-name.ts';
import { SettingsView } from './settings-view.tsx';
import { signedOutBy } from './signed-out-by.ts';

type Session = SessionList['sessions'][number];

/** Where one is signed in, this device first. */
export const Devices = () => {
  const sessions = useSignal<readonly Session[] | undefined>(undefined);
  const hasFailed = useSignal(false);
  const list = useRef<HTMLUListElement>(null);
  const t = text.value;
  const load = async (): Promise<void> => {
    hasFailed.value = false;
    try {
      const listed = await doorbell.account.listSessions();
      sessions.value = listed.toSorted((a, b) => Number(b.current) - Number(a.current));
    } catch {
      hasFailed.value = true;
    }
  };
  useEffect(() => void load(), []);
  const end = async ({ id, userAgent }: Session): Promise<void> => {
    try {
      await doorbell.account.endSession(id);
    } catch (error) {
      tellProblem(error);
      return load();
    }
    sessions.value = sessions.value?.filter((session) => session.id !== id);
    announce(t.deviceSignedOut(deviceName(userAgent)));
    list.current?.focus();
  };
  if (hasFailed.value)
    return (
      <SettingsView title={t.devices}>
        <Empty title={t.listFailed}>
          <button type="button" class="button" onClick={() => void load()}>
            {t.retry}
          </button>
        </Empty>
      </SettingsView>
    );
  return (
    <SettingsView title={t.devices}>
      <ul
        class="items settings-links"
        ref={list}
        tabIndex={-1}
        aria-label={t.devices}
        aria-busy={!sessions.value}
      >
        {sessions.value?.map((session) => (
          <Device key={session.id} session={session} onEnd={() => void end(session)} />
        ))}
      </ul>
      {sessions.value && (
        <button type="button" class="button" onClick={askToSignOutEverywhere}>
          <LeaveIcon /> {t.signOutEverywhere}
        </button>
      )}
    </SettingsView>
  );
};

function askToSignOutEverywhere(): void {
  const { signOutEverywhere, signOutEverywhereHint } = text.value;
  confirmFirst({
    title: `${signOutEverywhere}?`,
    hint: signOutEverywhereHint,
    action: signOutEverywhere,
    onConfirm: () => void signedOutBy(doorbell.logoutAll()).catch(tellProblem),
  });
}
