import { cpus, release, type } from 'node:os';
import type { Repetition } from './measure.ts';
import type { Options } from './options.ts';
import type { Summarised, Summary } from './statistics.ts';
import type { Figures } from './talk.ts';

export interface Report {
  options: Options;
  machine: { cores: number; processor: string; system: string; node: string };
  /** By name. Milliseconds; messages or transactions in a second; cores; megabytes. */
  targets: Record<string, Summarised<Repetition>>;
  /** What to know before a figure is believed. */
  notes: string[];
  errors: Record<string, number>;
}

export const describeMachine = (): Report['machine'] => ({
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  system: `${type()} ${release()}`,
  node: process.version,
});

type Results = Summarised<Repetition>;
type Row = [label: string, cellOf: (results: Results) => string];

const PROCESSES = ['generator', 'server', 'mariadbd', 'redis', 'machine'];

const SECTIONS: [title: string, rows: Row[]][] = [
  [
    'Ratios, Doorbell / limit',
    [
      ['talk: messages / bare HTTP and sockets', ({ ratios }) => ranged(ratios.talkToBare, 2)],
      ['talk: messages / bare transactions', ({ ratios }) => ranged(ratios.talkToTransactions, 2)],
      [
        'lone: p50 to 201 / bare transaction',
        ({ ratios }) => ranged(ratios.lonePostToTransaction, 2),
      ],
      [
        'lone: p50 to fetched / bare HTTP and sockets',
        ({ ratios }) => ranged(ratios.loneFetchToBare, 2),
      ],
    ],
  ],
  ['Talk', rowsOf(({ talk }) => talk)],
  ['Lone', rowsOf(({ lone }) => lone)],
  ['Limit: bare HTTP and sockets, talk', rowsOf(({ limits }) => limits.talk)],
  ['Limit: bare HTTP and sockets, lone', rowsOf(({ limits }) => limits.lone)],
  [
    'Limit: bare transactions',
    [
      [
        "a second, on as many connections as the server's",
        ({ limits }) => ranged(limits.transactions.perSecond),
      ],
      ['a second, on one connection', ({ limits }) => ranged(limits.oneConnection.perSecond)],
      ['p50 on one connection, ms', ({ limits }) => ranged(limits.oneConnection.p50, 2)],
    ],
  ],
];

function rowsOf(figuresOf: (results: Results) => Summarised<Figures>): Row[] {
  const stages = [
    ['posted', '201'],
    ['notified', 'notified'],
    ['fetched', 'fetched'],
  ] as const;
  const latencies = stages.flatMap(([stage, name]) =>
    (['p50', 'p95', 'p99'] as const).map(
      (percentile): Row => [
        `post → ${name}, ${percentile} ms`,
        (results) => ranged(figuresOf(results)[stage][percentile], 2),
      ],
    ),
  );
  const cores = PROCESSES.map(
    (name): Row => [`cores: ${name}`, (results) => ranged(figuresOf(results).cores[name], 2)],
  );
  return [
    ['messages a second', (results) => ranged(figuresOf(results).perSecond)],
    ...latencies,
    ...cores,
    ['memory of the server, MB', (results) => ranged(figuresOf(results).residentMegabytes)],
  ];
}

export function printReport({ options, machine, targets, notes, errors }: Report): void {
  const { users, conversations, seconds, repetitions } = options;
  const lines = [
    `${users} users, ${conversations} conversations with one message under way in each;` +
      ` ${seconds} s × ${repetitions}: median (min–max)`,
    `${machine.cores} × ${machine.processor}, ${machine.system}, Node ${machine.node}`,
    '',
    line('', Object.keys(targets)),
    ...SECTIONS.flatMap(([title, rows]) => ['', title, ...linesOf(rows, Object.values(targets))]),
    '',
    ...notes,
    ...Object.entries(errors).map(([message, count]) => `ERROR ${count} × ${message}`),
  ];
  console.log(lines.join('\n').trimEnd());
}

const linesOf = (rows: readonly Row[], columns: readonly Results[]): string[] =>
  rows
    .map(([label, cellOf]): [string, string[]] => [`  ${label}`, columns.map(cellOf)])
    .filter(([, cells]) => cells.some((cell) => cell !== ''))
    .map(([label, cells]) => line(label, cells));

const line = (label: string, cells: readonly string[]): string =>
  [label.padEnd(54), ...cells.map((cell) => cell.padEnd(24))].join('').trimEnd();

/** Empty for what this way of running Doorbell has not. */
function ranged(summary: Summary | null | undefined, decimals = 0): string {
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
