import { recording } from '../../support/recorder.ts';

/** A fetch that keeps answers back, when it is told to, although the server has given them. */
export function heldFetch() {
  const waiting: (() => void)[] = [];
  let wanted: string | undefined;
  let left = 0;
  const held: typeof fetch = async (input, init) => {
    const { pathname, search } = new URL(String(input));
    const call = `${init?.method} ${pathname.replace('/api/v1', '')}${search}`;
    const isHeld = wanted !== undefined && call.includes(wanted) && left > 0;
    if (isHeld) left -= 1;
    const answer = await recording.fetch(input, init);
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer;
  };
  return {
    fetch: held,
    /** The next `count` of those whose `<method> <path>` contains this text. */
    hold(text: string, count = Number.POSITIVE_INFINITY): void {
      wanted = text;
      left = count;
    },
    /** How many the server has given and the client has not got. */
    get count(): number {
      return waiting.length;
    },
    release(): void {
      wanted = undefined;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
