import { Gauge } from 'prom-client';
import type { Admission } from '../core/admission.ts';
import type { Config } from '../core/config.ts';
import type { Metrics } from '../core/metrics.ts';
import { CROWD } from './crowd.ts';

/** Milliseconds between two looks at the load. */
const TICK = 50;
/** What a tick adds to the smoothed figures: they follow in half a second. */
const SHARE = 0.1;
/** Milliseconds of lateness that are borne; half of it is no load at all. */
const BORNE = 100;
/** Per mille of recipients, in milliseconds: what is asked for at first, and at most. */
const FIRST = 100;
const MOST = 4_000;
/** Milliseconds, for one crowd; less is not worth telling. */
const LEAST = 20;
/**
 * A tick raises it by so much of itself for each time that lateness exceeds what is borne, and lets go of so much: it
 * halves in two seconds. Just beyond what is borne it grows slowly, for clients hear of it with the next message and
 * only then show what it does; near refusals it doubles in a third of a second.
 */
const RISE = 0.05;
const FALL = 0.983;
/** Milliseconds of this process for one request, until it is measured; and requests of a tick that say something. */
const COST = 0.2;
const TELLING = 10;

/** What the rule goes by. Times are milliseconds. */
export interface Load {
  /** What a thousand recipients are asked to spread their fetches over. */
  level: number;
  /** How late work is begun, smoothed. */
  late: number;
  /** Of this process for one request, smoothed. */
  cost: number;
}

export const NO_LOAD: Load = { level: 0, late: 0, cost: COST };

/** What one tick saw. */
export interface Tick {
  /** For how long the first of the reads has waited that wait for admission, if there are as many as a crowd asks for. */
  late: number;
  /** Milliseconds of the tick in which the event loop was at work. */
  active: number;
  /** Requests and commands that were begun. */
  begun: number;
}

/**
 * The loop that is closed by the clients: late work raises the level, step by step, so that those who are rung fetch
 * over a longer time and in fewer batches; when nothing is late any more it falls, more slowly than it rose, and in
 * between it stays, so that it does not swing.
 */
export function afterTick({ level, late, cost }: Load, tick: Tick): Load {
  const lateNow = late + SHARE * (tick.late - late);
  const isTelling = tick.begun >= TELLING;
  return {
    level: nextLevel(level, lateNow),
    late: lateNow,
    cost: isTelling ? cost + SHARE * (tick.active / tick.begun - cost) : cost,
  };
}

function nextLevel(level: number, late: number): number {
  if (late > BORNE) {
    return Math.min(MOST, Math.max(FIRST, level * (1 + RISE * (late / BORNE - 1))));
  }
  if (late > BORNE / 2) return level;
  return level * FALL < FIRST / 2 ? 0 : level * FALL;
}

type SpreadConfig = Pick<Config, 'crowdSpread' | 'requestWait' | 'requestsWaiting'>;

/**
 * Milliseconds over which so many recipients are to spread their fetches: as the level says; and when they are more
 * than may wait, as long as the last of them would wait beyond half of what the admission allows. A power of two, so that it does
 * not change with every notification.
 */
export function spreadOf(
  { level, cost }: Load,
  recipients: number,
  { crowdSpread, requestWait, requestsWaiting }: SpreadConfig,
): number {
  const excess = recipients > requestsWaiting ? recipients * cost - requestWait / 2 : 0;
  const wanted = Math.max(excess, (level * recipients) / 1_000);
  return wanted < LEAST ? 0 : Math.min(crowdSpread, 2 ** Math.round(Math.log2(wanted)));
}

interface Parts {
  admission: Pick<Admission, 'delay' | 'waiting' | 'begun'>;
  metrics: Pick<Metrics, 'registry'>;
  config: SpreadConfig;
  /** That are open in this process. */
  countSockets(): number;
}

export type CrowdSpread = ReturnType<typeof keepCrowdSpread>;

/**
 * Tells the recipients of a notification how far to spread what they do next, by the load of the process that
 * announces it; where there are several, a load balancer gives all of them the same. Its figures: how many reads
 * wait for admission and for how long the first has, which is late through all that holds the event loop up; the loop's
 * utilisation by the requests begun, which is what one costs; and the sockets that are open here, for who is not connected fetches nothing.
 */
export function keepCrowdSpread({ admission, metrics, config, countSockets }: Parts) {
  let load = NO_LOAD;
  let lastBegun = admission.begun();
  let lastUse = performance.eventLoopUtilization();
  const ticks = setInterval(tick, TICK).unref();
  new Gauge({
    name: 'doorbell_crowd_spread_milliseconds',
    help: 'Over which a thousand who are rung are asked to spread their fetches',
    registers: [metrics.registry],
    collect() {
      this.set(spreadOf(load, 1_000, config));
    },
  });

  function tick(): void {
    const [begun, use] = [admission.begun(), performance.eventLoopUtilization()];
    const active = use.active - lastUse.active;
    const isCrowded = admission.waiting('read') >= CROWD;
    load = afterTick(load, {
      late: isCrowded ? admission.delay('read') : 0,
      active,
      begun: begun - lastBegun,
    });
    [lastBegun, lastUse] = [begun, use];
  }

  return {
    /** Milliseconds; 0: at once. Undefined for those who are no crowd. */
    of: (recipients: number): number | undefined =>
      recipients < CROWD ? undefined : spreadOf(load, Math.min(recipients, countSockets()), config),

    close: (): void => clearInterval(ticks),
  };
}
