/** Pushes under way at once, and that may wait. */
const MAX_RUNNING = 20;
const MAX_WAITING = 10_000;

/** Pushes of this process. One that is slow holds its own place alone. */
export function pushQueue() {
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();

  function next(): void {
    const send = running.size < MAX_RUNNING ? waiting.shift() : undefined;
    if (!send) return;
    const done = send().finally(() => {
      running.delete(done);
      next();
    });
    running.add(done);
  }

  return {
    /** What never rejects. Returns false when too much waits. */
    add(send: () => Promise<void>): boolean {
      if (waiting.length >= MAX_WAITING) return false;
      waiting.push(send);
      next();
      return true;
    },

    /** Resolves when nothing is under way or waits. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.race(running);
    },
  };
}
