import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { completeText, text } from '../text/text.ts';
import { Empty } from './empty.tsx';

/** Milliseconds before it is fetched again, for a server may have too much to do for a moment. Then a button asks. */
const PAUSES = [500, 2_000];

async function patiently<T>(fetch: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await fetch();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return fetch();
}

/** A view whose code is fetched when it is shown first. */
export function lazy<Props extends object = object>(
  fetchView: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const view = signal<ComponentType<Props> | undefined>();
  const hasFailed = signal(false);
  let isOnItsWay = false;
  const start = (): void => {
    if (isOnItsWay) return;
    isOnItsWay = true;
    hasFailed.value = false;
    patiently(() => Promise.all([fetchView(), completeText()]))
      .then(([fetched]) => {
        view.value = fetched;
      })
      .catch(() => {
        isOnItsWay = false;
        hasFailed.value = true;
      });
  };
  return (props) => {
    const View = view.value;
    if (View) return <View {...props} />;
    if (hasFailed.value)
      return (
        <Empty title={text.value.problem}>
          <button type="button" class="button" onClick={start}>
            {text.value.retry}
          </button>
        </Empty>
      );
    start();
    return <div aria-busy="true" />;
  };
}
