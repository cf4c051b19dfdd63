import type { FloodFigures } from './flood.ts';
import { ranged, type Section } from './report.ts';
import { figureRows, usedRows } from './rows.ts';
import type { Rate, Scenario } from './scenario.ts';
import { askGenerator, type Stage, timesOf } from './stage.ts';
import type { Figures } from './talk.ts';
import type { Target } from './target.ts';
import { setUpTargets } from './targets.ts';

interface Repetition {
  /** Delivered messages at five times capacity, divided by the most that was delivered at any rate. */
  goodput: number;
  talk: Figures;
  /** By how many times the capacity was asked for. */
  floods: Record<'1' | '2' | '5', FloodFigures>;
}

/** What a closed loop gets is the capacity; then posts come at multiples of it, whether they are answered or not. */
async function measure(stage: Stage, target: Target): Promise<Repetition> {
  const load = {
    ...target.talkers,
    port: target.port,
    pids: target.pids,
    ...timesOf(stage),
  };
  const talk = await askGenerator<Figures>(stage, target.name, load);
  const flood = (factor: number) =>
    askGenerator<FloodFigures>(stage, target.name, { ...load, rate: factor * talk.perSecond });
  const floods = { 1: await flood(1), 2: await flood(2), 5: await flood(5) };
  const peak = Math.max(talk.perSecond, ...Object.values(floods).map(({ delivered }) => delivered));
  return { goodput: floods[5].delivered / peak, talk, floods };
}

const SECTIONS: readonly Section<Repetition>[] = [
  [
    'Ratio',
    [['goodput at 5 × capacity / the most at any rate', ({ goodput }) => ranged(goodput, 2)]],
  ],
  ['Closed loop, the capacity', figureRows(({ talk }) => talk)],
  ...(['1', '2', '5'] as const).map(
    (factor): Section<Repetition> => [
      `Posts at ${factor} × capacity`,
      [
        ['posts a second', ({ floods }) => ranged(floods[factor].posts)],
        ['refused a second', ({ floods }) => ranged(floods[factor].refused)],
        ['delivered a second', ({ floods }) => ranged(floods[factor].delivered)],
        ['post → fetched, p50 ms', ({ floods }) => ranged(floods[factor].fetched.p50)],
        ['post → fetched, p99 ms', ({ floods }) => ranged(floods[factor].fetched.p99)],
        ['post → refused, p50 ms', ({ floods }) => ranged(floods[factor].refusal.p50)],
        ['post → refused, p99 ms', ({ floods }) => ranged(floods[factor].refusal.p99)],
        ...usedRows<Repetition>(({ floods }) => floods[factor]),
      ],
    ],
  ),
];

const rateOf = ({ delivered: perSecond, cores }: FloodFigures): Rate => ({ perSecond, cores });

export const OVERLOAD: Scenario<Target, Repetition> = {
  about: 'what is left of that when up to five times as much is asked for',
  setUp: (stage) => setUpTargets(stage, stage.options),
  measure,
  rates: ({ talk, floods }) => ({
    'the capacity': talk,
    'twice the capacity': rateOf(floods[2]),
    'five times the capacity': rateOf(floods[5]),
  }),
  sections: () => SECTIONS,
};
