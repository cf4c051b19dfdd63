import { type Process, startProcess } from '../support/processes.ts';
import type { Asking } from './asking.ts';
import type { Flood } from './flood.ts';
import type { Gathering } from './gathering.ts';
import type { Options } from './options.ts';
import type { Load } from './talk.ts';

/** What every scenario is given. */
export interface Stage {
  options: Options;
  /** For whatever is stored. */
  dir: string;
  /** Ends whatever is added to it. */
  started: AsyncDisposableStack;
  generator: Process;
  /** How often each error happened. */
  errors: Map<string, number>;
  /** What to know before a figure is believed. */
  notes: Set<string>;
  progress(text: string): void;
}

export const makeStage = (
  parts: Pick<Stage, 'options' | 'dir' | 'started' | 'progress'>,
): Stage => ({
  ...parts,
  generator: parts.started.use(startProcess(import.meta.resolve('./generator.ts'))),
  errors: new Map(),
  notes: new Set(),
});

/** What the generator saw of a load; its errors are counted under the name of what was measured. */
export async function askGenerator<T>(
  { generator, errors }: Stage,
  name: string,
  load: Load | Flood | Gathering | Asking,
): Promise<T> {
  const answer = await generator.ask<{ figures: T; errors: Record<string, number> }>(load);
  for (const [message, count] of Object.entries(answer.errors)) {
    const key = `${name}: ${message}`;
    errors.set(key, (errors.get(key) ?? 0) + count);
  }
  return answer.figures;
}

/** Of each measurement, besides the whole repetition before the first that counts. */
export const timesOf = ({ options: { seconds } }: Stage) => ({
  seconds,
  warmUpSeconds: Math.max(0.5, seconds / 5),
});
