/** Milliseconds from one gap to the next: in that time after a failover each process beats once. */
const GAP_INTERVAL = 1_500;

/**
 * What breaks a bus shows in several ways: a new subscription, others' word, a hole in the beats of
 * each. The first gap is announced at once and those that follow it closely as one, after them all,
 * so that sockets are not told to resync again and again.
 */
export function spaceGaps(announce: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let owed = false;

  function gap(): void {
    if (timer) {
      owed = true;
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      if (owed) gap();
    }, GAP_INTERVAL);
    owed = false;
    announce();
  }

  return { gap, close: () => clearTimeout(timer) };
}
