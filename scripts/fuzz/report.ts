import type { Verdict } from './run.ts';

interface Report extends Verdict {
  /** What is wrong with the server as such. */
  ofServer: readonly string[];
  seconds: number;
  /** Bytes. */
  growth: number;
  seed: number;
}

export function report(
  { findings, tally, routes, commands, ofServer, seconds, growth, seed }: Report,
  print: (line: string) => void,
): void {
  for (const { where, what, times, number, repeat } of findings) {
    print(
      `BROKEN  ${where}: ${what} (${times} times; seed ${seed}, case ${number})\n        ${repeat}`,
    );
  }
  for (const what of ofServer) print(`BROKEN  the server: ${what}`);
  const { cases, successes, unavailable, slowest, neverSucceeded } = tally;
  print(`${cases} cases over ${routes} routes and ${commands} commands in ${seconds.toFixed(0)} s`);
  print(`${successes} went well, ${unavailable} were answered by a 503`);
  print(`slowest answer: ${slowest.took.toFixed(0)} ms, ${slowest.where}`);
  print(`the process grew by ${(growth / 1e6).toFixed(0)} MB`);
  if (neverSucceeded.length > 0) print(`never went well: ${neverSucceeded.join(', ')}`);
  const broken = findings.length + ofServer.length;
  print(broken === 0 ? 'nothing was found' : `${broken} kinds of fault were found`);
}
