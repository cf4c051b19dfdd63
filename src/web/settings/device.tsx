import type { SessionList } from '../../client/index.ts';
import { ItemWords } from '../parts/item-words.tsx';
import { now } from '../shell/clock.ts';
import { text } from '../text/text.ts';
import { dayAndTime } from '../text/times.ts';
import { deviceName } from './device-name.ts';

interface DeviceProps {
  session: SessionList['sessions'][number];
  onEnd: () => void;
}

export const Device = ({ session, onEnd }: DeviceProps) => {
  const { current, userAgent, address, lastUsedAt } = session;
  const t = text.value;
  const name = deviceName(userAgent);
  return (
    <li class="item" title={userAgent}>
      <ItemWords
        title={name}
        about={`${t.lastUsed(dayAndTime(lastUsedAt, now.value))} · ${address}`}
      />
      {current ? (
        <span class="device-mark">{t.thisDevice}</span>
      ) : (
        <button type="button" class="button" aria-label={t.signOutDevice(name)} onClick={onEnd}>
          {t.signOut}
        </button>
      )}
    </li>
  );
};
