const EVERY = 3_000;
const EVERY_ON_A_TERMINAL = 200;

const number = (value: number): string => Math.round(value).toLocaleString('en');

/** Says on stderr how far it is: one line that rewrites itself on a terminal, else a line now and then. */
export function watchProgress(whole: number) {
  const { isTTY } = process.stderr;
  const begun = performance.now();
  let said = begun;
  let done = 0;
  return {
    add(count: number): void {
      done += count;
      const now = performance.now();
      if (now - said < (isTTY ? EVERY_ON_A_TERMINAL : EVERY)) return;
      said = now;
      const rate = (done / (now - begun)) * 1_000;
      const line = `${number(done)} of ${number(whole)} messages, ${number(rate)} a second, ${number((whole - done) / rate)} s left`;
      process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end(): void {
      if (isTTY) process.stderr.write('\r\x1b[K');
    },
  };
}
