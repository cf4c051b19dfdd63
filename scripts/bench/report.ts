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

type Row = [label: string, cells: string[]];
type Results = Summarised<Repetition>;

export function printReport({ options, machine, targets, notes, errors }: Report): void {
  const results = Object.values(targets);
  const row = (label: string, cell: (result: Results) => string): Row => [label, results.map(cell)];
  const sections: [title: string, rows: Row[]][] = [
    [
      'Ratios, Doorbell / limit',
      [
        row('talk, messages / bare HTTP and sockets', ({ ratios }) => ranged(ratios.talkToBare, 2)),
        row('talk, messages / bare transactions', ({ ratios }) =>
          ranged(ratios.talkToTransactions, 2),
        ),
        row('lone, p50 to 201 / bare transaction', ({ ratios }) =>
          ranged(ratios.lonePostToTransaction, 2),
        ),
        row('lone, p50 to fetched / bare HTTP and sockets', ({ ratios }) =>
          ranged(ratios.loneFetchToBare, 2),
        ),
      ],
    ],
    ['Talk', figureRows(({ talk }) => talk)],
    ['Lone', figureRows(({ lone }) => lone)],
    ['Limit: bare HTTP and sockets, talk', figureRows(({ limits }) => limits.talk)],
    ['Limit: bare HTTP and sockets, lone', figureRows(({ limits }) => limits.lone)],
    [
      'Limit: bare transactions',
      [
        row("in a second, on as many connections as the server's", ({ limits }) =>
          ranged(limits.transactions.perSecond),
        ),
        row('in a second, on one connection', ({ limits }) =>
          ranged(limits.oneConnection.perSecond),
        ),
        row('p50 on one connection, ms', ({ limits }) => ranged(limits.oneConnection.p50, 2)),
      ],
    ],
  ];

  function figureRows(of: (result: Results) => Summarised<Figures>): Row[] {
    const names = new Set(results.flatMap((result) => Object.keys(of(result).cores)));
    const last = names.delete('machine') ? ['machine'] : [];
    return [
      row('messages in a second', (result) => ranged(of(result).perSecond)),
      ...(['posted', 'notified', 'fetched'] as const).map((stage) =>
        row(`post → ${stage === 'posted' ? '201' : stage}, p50 / p95 / p99 ms`, (result) => {
          const { p50, p95, p99 } = of(result)[stage];
          return [p50, p95, p99].map(({ median }) => digits(median, 2)).join(' / ');
        }),
      ),
      ...[...names, ...last].map((name) =>
        row(`cores, ${name}`, (result) =>
          name in of(result).cores ? ranged(of(result).cores[name], 2) : '',
        ),
      ),
      row('memory of the server, MB', (result) => ranged(of(result).residentMegabytes)),
    ];
  }

  const { users, conversations, seconds, repetitions } = options;
  const lines = [
    `${users} users in ${conversations} conversations, each with one message under way; ${seconds} s × ${repetitions}: median (min–max)`,
    `${machine.cores} × ${machine.processor}, ${machine.system}, Node ${machine.node}`,
    '',
    ...table([
      ['', Object.keys(targets)],
      ...sections.flatMap(([title, rows]): Row[] => [
        ['', []],
        [title, []],
        ...rows.map(([label, cells]): Row => [`  ${label}`, cells]),
      ]),
    ]),
    '',
    ...notes,
    ...Object.entries(errors).map(([message, count]) => `ERROR ${count} × ${message}`),
  ];
  console.log(lines.join('\n').trimEnd());
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, cells]) =>
    [label.padEnd(width), ...cells.map((cell) => cell.padEnd(24))].join('').trimEnd(),
  );
}

function ranged(summary: Summary | null | undefined, decimals = 0): string {
  if (!summary) return 'n/a';
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
