import type { Options } from './options.ts';
import { rateToOne } from './per-core.ts';
import type { Section } from './report.ts';
import type { Stage } from './stage.ts';
import { type Summarised, type Summary, summarise } from './statistics.ts';

/** One way to run what is measured; it has a column of the report. */
export interface Column {
  name: string;
  /** The column with one process, which this one with several is compared with. */
  one?: string;
}

/** What was done in a second, and seconds of processor time that it took, by process. */
export interface Rate {
  perSecond: number;
  cores: Record<string, number | null>;
}

export interface Scenario<C extends Column, R> {
  /** What it measures, in some words. */
  about: string;
  /** Every measurement starts a server of its own: there is nothing to warm up. */
  startsAnew?: true;
  /** Starts all that is measured or measures. */
  setUp(stage: Stage): Promise<readonly C[]>;
  measure(stage: Stage, column: C): Promise<R>;
  /** What was done by as many processes as the column has. */
  rates(repetition: R): Record<string, Rate>;
  /** What was done by others, for comparison. */
  limits?(repetition: R): Record<string, Rate>;
  sections(options: Options): readonly Section<R>[];
}

export interface Results<R> {
  /** By column. Milliseconds; messages, answers or transactions in a second; cores; megabytes. */
  columns: Record<string, Summarised<R>>;
  /** By column of several processes: what they did for each core, divided by what one did. */
  perCore: Record<string, Record<string, Summary>>;
}

/** All columns by turns, at first without counting: whatever else the machine is doing hits neighbours alike. */
export async function runScenario<C extends Column, R>(
  scenario: Scenario<C, R>,
  stage: Stage,
  look: (name: string, rates: Record<string, Rate>) => void,
): Promise<Results<R>> {
  const columns = chosen(await scenario.setUp(stage), stage.options.only);
  const rounds: Map<string, R>[] = [];
  for (let round = scenario.startsAnew ? 1 : 0; round <= stage.options.repetitions; round += 1) {
    const measured = new Map<string, R>();
    for (const column of columns) {
      const turn = round === 0 ? 'warm-up' : `${round} of ${stage.options.repetitions}`;
      stage.progress(`${column.name}: ${turn}`);
      const repetition = await scenario.measure(stage, column);
      measured.set(column.name, repetition);
      if (round > 0)
        look(column.name, { ...scenario.rates(repetition), ...scenario.limits?.(repetition) });
    }
    if (round > 0) rounds.push(measured);
  }
  return resultsOf(scenario, columns, rounds);
}

function chosen<C extends Column>(columns: readonly C[], only: string | undefined): readonly C[] {
  const found = columns.filter(({ name }) => only === undefined || name === only);
  if (found.length > 0) return found;
  throw new Error(`--only: one of ${columns.map(({ name }) => `'${name}'`).join(', ')}`);
}

function resultsOf<C extends Column, R>(
  scenario: Scenario<C, R>,
  columns: readonly C[],
  rounds: readonly ReadonlyMap<string, R>[],
): Results<R> {
  const all = (name: string) => rounds.flatMap((round) => round.get(name) ?? []);
  const compared = columns.flatMap(({ name, one }) =>
    columns.some((column) => column.name === one) && one !== undefined ? [{ name, one }] : [],
  );
  return {
    columns: Object.fromEntries(columns.map(({ name }) => [name, summarise(all(name))])),
    perCore: Object.fromEntries(
      compared.map(({ name, one }) => {
        const ones = all(one).map(scenario.rates);
        const ratios = all(name).map((each, round) =>
          rateToOne(scenario.rates(each), ones[round] ?? {}),
        );
        return [name, summarise(ratios) as Record<string, Summary>];
      }),
    ),
  };
}
