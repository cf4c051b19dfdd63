import { recording } from '../../support/recorder.ts';

/** A fetch that, while it is told to, keeps answers back although the server has given them. */
export function heldFetch() {
  const waiting: (() => void)[] = [];
  let matches = (_call: string): boolean => false;
  const held: typeof fetch = async (input, init) => {
    const answer = await recording.fetch(input, init);
    const { pathname, search } = new URL(String(input));
    if (matches(`${init?.method} ${pathname.replace('/api/v1', '')}${search}`)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    return answer;
  };
  return {
    fetch: held,
    /** Those whose `<method> <path>` contains this text. */
    hold(text: string): void {
      matches = (call) => call.includes(text);
    },
    /** How many the server has given and the client has not got. */
    get count(): number {
      return waiting.length;
    },
    release(): void {
      matches = () => false;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
