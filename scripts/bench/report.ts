import { cpus, release, type } from 'node:os';
import type { Options } from './options.ts';
import type { Results } from './scenario.ts';
import type { Summarised, Summary } from './statistics.ts';

export interface Report<R> extends Results<R> {
  options: Options;
  machine: { cores: number; processor: string; system: string; node: string };
  /** What to know before a figure is believed. */
  notes: string[];
  errors: Record<string, number>;
}

export const describeMachine = (): Report<unknown>['machine'] => ({
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  system: `${type()} ${release()}`,
  node: process.version,
});

export type Row<R> = [label: string, cellOf: (results: Summarised<R>) => string];
export type Section<R> = [title: string, rows: Row<R>[]];

export function printReport<R>(
  { options, machine, columns, perCore, notes, errors }: Report<R>,
  sections: readonly Section<R>[],
): void {
  const { seconds, repetitions } = options;
  const names = Object.keys(columns);
  const lines = [
    `${seconds} s × ${repetitions}: median (min–max)`,
    `${machine.cores} × ${machine.processor}, ${machine.system}, Node ${machine.node}`,
    '',
    line('', names),
    ...perCoreLines(names, perCore),
    ...sections.flatMap(([title, rows]) => ['', title, ...linesOf(rows, Object.values(columns))]),
    '',
    ...notes,
    ...Object.entries(errors).map(([message, count]) => `ERROR ${count} × ${message}`),
  ];
  console.log(lines.join('\n').trimEnd());
}

function perCoreLines(columns: readonly string[], perCore: Results<unknown>['perCore']): string[] {
  const loads = Object.keys(Object.assign({}, ...Object.values(perCore)));
  if (loads.length === 0) return [];
  const cells = (load: string) => columns.map((name) => ranged(perCore[name]?.[load], 2));
  const title =
    'Ratios for each core that is used, without the load generator, several processes / one';
  return ['', title, ...loads.map((load) => line(`  ${load}`, cells(load)))];
}

const linesOf = <R>(rows: readonly Row<R>[], columns: readonly Summarised<R>[]): string[] =>
  rows
    .map(([label, cellOf]): [string, string[]] => [`  ${label}`, columns.map(cellOf)])
    .filter(([, cells]) => cells.some((cell) => cell !== ''))
    .map(([label, cells]) => line(label, cells));

/** Characters. */
const LABEL = 72;
const COLUMN = 32;

const line = (label: string, cells: readonly string[]): string =>
  [label.padEnd(LABEL), ...cells.map((cell) => cell.padEnd(COLUMN))].join('').trimEnd();

/** Empty for what this way of running Doorbell has not. */
export function ranged(summary: Summary | null | undefined, decimals = 0): string {
  if (summary === undefined) return '';
  if (summary === null) return 'n/a';
  const [median, min, max] = [summary.median, summary.min, summary.max].map((value) =>
    digits(value, decimals),
  );
  return `${median} (${min}–${max})`;
}

const digits = (value: number | null, decimals: number): string =>
  value === null || Number.isNaN(value)
    ? 'n/a'
    : value.toLocaleString('en', {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      });
