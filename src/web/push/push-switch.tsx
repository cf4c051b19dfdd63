import { useEffect, useState } from 'preact/hooks';
import { tellProblem } from '../parts/notice.tsx';
import { text } from '../text/text.ts';
import { findPushState, type PushState, turnOff, turnOn } from './push.ts';

/** Whether this device is told of new messages; nothing where it cannot be. */
export const PushSwitch = () => {
  const [state, setState] = useState<PushState>('impossible');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => void findPushState().then(setState, tellProblem), []);
  if (state === 'impossible') return null;

  const turn = async (): Promise<void> => {
    setBusy(true);
    await (state === 'on' ? turnOff() : turnOn()).then(setState, tellProblem);
    setBusy(false);
  };
  const t = text.value;
  return (
    <fieldset class="choices">
      <legend class="field-label">{t.notifications}</legend>
      <label class="choice">
        <input
          type="checkbox"
          role="switch"
          checked={state === 'on'}
          aria-checked={state === 'on'}
          disabled={isBusy || state === 'forbidden'}
          onClick={(event) => {
            // It shows what is, once that is so.
            event.preventDefault();
            void turn();
          }}
        />
        <span>
          {t.notifyHere}
          <span class="field-hint">{state === 'forbidden' ? t.notifyForbidden : t.notifyHint}</span>
        </span>
      </label>
    </fieldset>
  );
};
