import type { FloodFigures } from './flood.ts';
import { askGenerator, type Bench, type Target, warmUpOf } from './measure.ts';
import { coreRows, figureRows, ranged, type Section } from './report.ts';
import type { Figures } from './talk.ts';

export interface OverloadRepetition {
  /** Delivered messages at five times capacity, divided by the most that was delivered at any rate. */
  goodput: number;
  talk: Figures;
  /** By how many times the capacity was asked for. */
  floods: Record<'1' | '2' | '5', FloodFigures>;
}

/** What a closed loop gets is the capacity; then posts come at multiples of it, whether they are answered or not. */
export async function measureOverload(bench: Bench, target: Target): Promise<OverloadRepetition> {
  const { seconds } = bench.options;
  const load = {
    ...target.talkers,
    port: target.port,
    pids: target.pids,
    seconds,
    warmUpSeconds: warmUpOf(seconds),
  };
  const talk = await askGenerator<Figures>(bench, target.name, load);
  const flood = (factor: number) =>
    askGenerator<FloodFigures>(bench, target.name, { ...load, rate: factor * talk.perSecond });
  const floods = { 1: await flood(1), 2: await flood(2), 5: await flood(5) };
  const peak = Math.max(talk.perSecond, ...Object.values(floods).map(({ delivered }) => delivered));
  return { goodput: floods[5].delivered / peak, talk, floods };
}

export const OVERLOAD_SECTIONS: readonly Section<OverloadRepetition>[] = [
  [
    'Ratio',
    [['goodput at 5 × capacity / the most at any rate', ({ goodput }) => ranged(goodput, 2)]],
  ],
  ['Closed loop, the capacity', figureRows(({ talk }) => talk)],
  ...(['1', '2', '5'] as const).map(
    (factor): Section<OverloadRepetition> => [
      `Posts at ${factor} × capacity`,
      [
        ['posts a second', ({ floods }) => ranged(floods[factor].posts)],
        ['refused a second', ({ floods }) => ranged(floods[factor].refused)],
        ['delivered a second', ({ floods }) => ranged(floods[factor].delivered)],
        ['post → fetched, p50 ms', ({ floods }) => ranged(floods[factor].fetched.p50)],
        ['post → fetched, p99 ms', ({ floods }) => ranged(floods[factor].fetched.p99)],
        ['post → refused, p50 ms', ({ floods }) => ranged(floods[factor].refusal.p50)],
        ['post → refused, p99 ms', ({ floods }) => ranged(floods[factor].refusal.p99)],
        ...coreRows<OverloadRepetition>(({ floods }) => floods[factor].cores),
        ['memory of the server, MB', ({ floods }) => ranged(floods[factor].residentMegabytes)],
      ],
    ],
  ),
];
