import { Gauge } from 'prom-client';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { KINDS, type Kind, keepTurns } from './turns.ts';

/** Seconds over which those who are refused are spread when they come back. */
const RETRY_SPREAD = 4;
/** Milliseconds between two lines in the log, however many are refused. */
const LOG_INTERVAL = 10_000;

interface Parts {
  config: Pick<Config, 'requestsAtOnce' | 'requestsWaiting' | 'requestWait'>;
  metrics: Pick<Metrics, 'refused' | 'registry'>;
  log: Logger;
}

export type Admission = ReturnType<typeof keepAdmission>;

/**
 * Lets requests and commands begin when there is time for them, and sends away early who would wait for too
 * long, so that what is let in is finished in time. To wait here costs less than anywhere behind: nothing
 * has been read of what waits, and it holds no place in the database's queue.
 */
export function keepAdmission({ config, metrics, log }: Parts) {
  const most = config.requestsAtOnce;
  const turns = keepTurns({ read: most, write: most, signIn: most });
  let refusedSinceLog = 0;
  let logsAgainAt = -Infinity;
  const gauge = (name: string, help: string, countOf: (kind: Kind) => number) =>
    new Gauge({
      ...{ name, help, labelNames: ['kind'], registers: [metrics.registry] },
      collect() {
        for (const kind of KINDS) this.set({ kind }, countOf(kind));
      },
    });
  gauge('doorbell_requests_under_way', 'Requests and commands at work, by kind', turns.underWay);
  gauge('doorbell_requests_waiting', 'Requests and commands not begun yet, by kind', turns.waiting);

  function report(kind: Kind): void {
    metrics.refused.inc({ kind });
    refusedSinceLog += 1;
    const now = performance.now();
    if (now < logsAgainAt) return;
    log.warn({ refused: refusedSinceLog }, 'too much to do: refusing some requests');
    refusedSinceLog = 0;
    logsAgainAt = now + LOG_INTERVAL;
  }

  return {
    ...turns,

    /** Undefined for who may come in; else in how many seconds to try again. */
    refusal(kind: Kind): number | undefined {
      const isFull = turns.waiting(kind) >= config.requestsWaiting;
      if (!isFull && turns.delay(kind) <= config.requestWait) return undefined;
      report(kind);
      return 1 + Math.floor(Math.random() * RETRY_SPREAD);
    },
  };
}
