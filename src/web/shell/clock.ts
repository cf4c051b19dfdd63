import { signal } from '@preact/signals';

const MINUTE = 60_000;

/** The time for what is shown as “5 min ago”: it moves each minute. */
export const now = signal(Date.now());

export const startClock = (): void =>
  void setInterval(() => {
    now.value = Date.now();
  }, MINUTE);
