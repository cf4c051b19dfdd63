import { MOST_PROCESSES } from './options.ts';
import { type Row, ranged } from './report.ts';
import type { Summarised } from './statistics.ts';
import type { Figures } from './talk.ts';
import type { Used } from './window.ts';

const numbered = (name: string): string[] =>
  Array.from({ length: MOST_PROCESSES }, (_, index) => `${name} ${index + 1}`);

/** What may use the machine, as `usage` names it. */
const PROCESSES = [
  ...['generator', ...numbered('crowd'), 'server', ...numbered('worker')],
  ...['mariadbd', 'redis', 'machine'],
];

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
    ...usedRows(figuresOf),
  ];
}

export const coreRows = <R>(
  coresOf: (results: Summarised<R>) => Summarised<Figures['cores']>,
): Row<R>[] =>
  PROCESSES.map((name) => [`cores: ${name}`, (results) => ranged(coresOf(results)[name], 2)]);

export const usedRows = <R>(
  usedOf: (results: Summarised<R>) => Summarised<Used> | undefined,
): Row<R>[] => [
  ...coreRows<R>((results) => usedOf(results)?.cores ?? {}),
  ...PROCESSES.map(
    (name): Row<R> => [`MB: ${name}`, (results) => ranged(usedOf(results)?.megabytes[name])],
  ),
];
