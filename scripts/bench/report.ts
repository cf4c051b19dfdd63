import { cpus, release, type } from 'node:os';
import type { Options } from './options.ts';
import type { Summarised, Summary } from './statistics.ts';
import type { Figures } from './talk.ts';

export interface Report<R> {
  options: Options;
  machine: { cores: number; processor: string; system: string; node: string };
  /** By name. Milliseconds; messages or transactions in a second; cores; megabytes. */
  targets: Record<string, Summarised<R>>;
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

type Row<R> = [label: string, cellOf: (results: Summarised<R>) => string];
export type Section<R> = [title: string, rows: Row<R>[]];

/** What uses the machine, as `usage` names it. */
const PROCESSES = ['generator', 'server', 'mariadbd', 'redis', 'machine'];

/** Of a closed loop. */
export function figureRows<R>(
  figuresOf: (results: Summarised<R>) => Summarised<Figures>,
): Row<R>[] {
  const stages = [
    ['posted', '201'],
    ['notified', 'notified'],
    ['fetched', 'fetched'],
  ] as const;
  const latencies = stages.flatMap(([stage, name]) =>
    (['p50', 'p95', 'p99'] as const).map(
      (percentile): Row<R> => [
        `post → ${name}, ${percentile} ms`,
        (results) => ranged(figuresOf(results)[stage][percentile], 2),
      ],
    ),
  );
  return [
    ['messages a second', (results) => ranged(figuresOf(results).perSecond)],
    ...latencies,
    ...coreRows((results: Summarised<R>) => figuresOf(results).cores),
    ['memory of the server, MB', (results) => ranged(figuresOf(results).residentMegabytes)],
  ];
}

export const coreRows = <R>(
  coresOf: (results: Summarised<R>) => Summarised<Figures['cores']>,
): Row<R>[] =>
  PROCESSES.map((name) => [`cores: ${name}`, (results) => ranged(coresOf(results)[name], 2)]);

export function printReport<R>(
  { options, machine, targets, notes, errors }: Report<R>,
  sections: readonly Section<R>[],
): void {
  const { seconds, repetitions } = options;
  const lines = [
    `${seconds} s × ${repetitions}: median (min–max)`,
    `${machine.cores} × ${machine.processor}, ${machine.system}, Node ${machine.node}`,
    '',
    line('', Object.keys(targets)),
    ...sections.flatMap(([title, rows]) => ['', title, ...linesOf(rows, Object.values(targets))]),
    '',
    ...notes,
    ...Object.entries(errors).map(([message, count]) => `ERROR ${count} × ${message}`),
  ];
  console.log(lines.join('\n').trimEnd());
}

const linesOf = <R>(rows: readonly Row<R>[], columns: readonly Summarised<R>[]): string[] =>
  rows
    .map(([label, cellOf]): [string, string[]] => [`  ${label}`, columns.map(cellOf)])
    .filter(([, cells]) => cells.some((cell) => cell !== ''))
    .map(([label, cells]) => line(label, cells));

const line = (label: string, cells: readonly string[]): string =>
  [label.padEnd(72), ...cells.map((cell) => cell.padEnd(24))].join('').trimEnd();

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
