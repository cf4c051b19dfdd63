/** Pushes under way at once, and those of one user: whose push service hangs holds up nobody else's. */
const MAX_RUNNING = 50;
const MAX_RUNNING_OF_USER = 2;
/** That may wait, and of one user. */
const MAX_WAITING = 10_000;
const MAX_WAITING_OF_USER = 100;

type Send = () => Promise<void>;

/** The pushes of this process; users have them sent by turns. */
export function pushQueue() {
  const lines = new Map<number, Send[]>();
  const running = new Set<Promise<void>>();
  const runningOf = new Map<number, number>();
  let waiting = 0;

  const count = (userId: number): number => runningOf.get(userId) ?? 0;

  function next(): void {
    for (const [userId, line] of lines) {
      if (running.size >= MAX_RUNNING) return;
      if (count(userId) >= MAX_RUNNING_OF_USER) continue;
      const send = line.shift();
      // Behind all others.
      lines.delete(userId);
      if (line.length > 0) lines.set(userId, line);
      if (send) run(userId, send);
    }
  }

  function run(userId: number, send: Send): void {
    waiting -= 1;
    runningOf.set(userId, count(userId) + 1);
    const done = send().finally(() => {
      running.delete(done);
      const left = count(userId) - 1;
      if (left > 0) runningOf.set(userId, left);
      else runningOf.delete(userId);
      next();
    });
    running.add(done);
  }

  return {
    /** What never rejects. Returns false when too much waits. */
    add(userId: number, send: Send): boolean {
      const line = lines.get(userId) ?? [];
      if (waiting >= MAX_WAITING || line.length >= MAX_WAITING_OF_USER) return false;
      line.push(send);
      lines.set(userId, line);
      waiting += 1;
      next();
      return true;
    },

    /** Resolves when nothing is under way or waits. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.race(running);
    },
  };
}
