import { styleText } from 'node:util';
import type { Attempt, Violation } from './ledger.ts';
import type { Incident, Verdict } from './run.ts';

/** Violations of one promise that are shown in full. */
const SHOWN = 5;
/** Milliseconds around an attempt in which a fault may have to do with it. */
const NEAR = 3_000;

/** The table of what was survived and what was not, as Markdown. */
export function report(verdict: Verdict, write: (line: string) => void): void {
  const { attempts, acknowledged, faults, network, promises, incidents } = verdict;
  write(`${attempts} messages, ${acknowledged} acknowledged, ${incidents.length} faults\n`);
  write('| fault | times | longest wait for an answer | all caught up after, at most |');
  write('|---|---|---|---|');
  for (const [name, { times, silence, caughtUp }] of faults) {
    write(`| ${name} | ${times} | ${seconds(silence)} | ${seconds(caughtUp)} |`);
  }
  const total = Object.entries(network).filter(([, count]) => count > 0);
  write(
    `\nIn the clients' networks: ${total.map(([what, n]) => `${n} ${spaced(what)}`).join(', ')}.\n`,
  );
  for (const [promise, violations] of promises) {
    const isHeld = violations.length === 0;
    write(`${isHeld ? styleText('green', 'held  ') : styleText('red', 'BROKEN')}  ${promise}`);
    for (const violation of violations.slice(0, SHOWN)) show(violation, incidents, write);
    if (violations.length > SHOWN) write(`          … and ${violations.length - SHOWN} more`);
  }
}

export const isHeld = ({ acknowledged, promises }: Verdict): boolean =>
  acknowledged > 0 && [...promises.values()].every((violations) => violations.length === 0);

/** What was broken, then the whole history of the message and what went wrong around it. */
function show(
  { text, attempt }: Violation,
  incidents: readonly Incident[],
  write: (line: string) => void,
): void {
  write(`          ${text}`);
  if (!attempt) return;
  const lines = [...requestsOf(attempt), ...faultsAround(attempt, incidents)];
  for (const { at, line } of lines.toSorted((a, b) => a.at - b.at)) {
    write(`            ${(at / 1_000).toFixed(3).padStart(9)} s  ${line}`);
  }
}

const requestsOf = ({ sender, conversationId, key, tries }: Attempt) =>
  tries.map(({ at, via, answer }) => ({
    at,
    line: `${sender} posts into ${conversationId} with ${key} at ${via}: ${answer || 'no answer'}`,
  }));

function faultsAround({ sentAt, acknowledgedAt, tries }: Attempt, incidents: readonly Incident[]) {
  const end = acknowledgedAt ?? tries.at(-1)?.at ?? sentAt;
  return incidents
    .filter(({ startedAt, endedAt }) => startedAt < end + NEAR && endedAt > sentAt - NEAR)
    .flatMap(({ name, startedAt, endedAt }) => [
      { at: startedAt, line: `begins: ${name}` },
      { at: endedAt, line: `healed: ${name}` },
    ]);
}

const seconds = (value: number | undefined): string =>
  value === undefined ? '–' : `${value.toFixed(1)} s`;

/** `lostAnswers` is `lost answers`. */
const spaced = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
