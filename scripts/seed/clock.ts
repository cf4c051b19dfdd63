import type { Random } from './random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AWAKE = 16 * HOUR;

/** A stretch of time, in epoch milliseconds, that threads spread over. */
interface Stretch {
  from: number;
  to: number;
  threads: number;
}

/**
 * When each message was sent: threads are spread over the stretch, more in some weeks than in
 * others; inside a thread one message follows soon after the other; and at night all is quiet, or
 * what was begun goes on in the morning. Never before `from`, never after `to`, never backwards.
 */
export function keepTime(random: Random, { from, to, threads }: Stretch) {
  const morning = (5 + random() * 10) * HOUR;
  const [begin, end] = [toAwake(from, morning), toAwake(to, morning)];
  const uneven = unevenly(random);
  const startOf = (thread: number): number =>
    begin + uneven(Math.min(thread / threads, 1)) * (end - begin);
  let thread = -1;
  let now = begin;
  const tick = (): number => Math.round(Math.min(Math.max(toWall(now, morning), from), to));
  return {
    beginThread(): void {
      thread += 1;
      now = Math.max(now, startOf(thread + 0.9 * random()));
    },
    nextMessage(): number {
      const pause = -Math.log(1 - random()) * (random() < 0.1 ? HOUR / 3 : HOUR / 90);
      // The thread after this one may be close.
      now += Math.min(pause, Math.max(0, startOf(thread + 1) - now) / 2);
      return tick();
    },
  };
}

/** Maps 0 to 1 onto itself, in places faster and in places slower, but never backwards. */
function unevenly(random: Random): (part: number) => number {
  const [waves, shift] = [1 + random() * 6, random() * 2 * Math.PI];
  const wave = (part: number): number =>
    Math.sin(2 * Math.PI * waves * part + shift) / (2 * Math.PI * waves);
  return (part) => part + 0.7 * (wave(part) - wave(0) - part * (wave(1) - wave(0)));
}

/** Milliseconds that somebody was awake since 1970 who gets up at `morning` and goes to bed 16 hours later. */
function toAwake(time: number, morning: number): number {
  const day = Math.floor((time - morning) / DAY);
  return day * AWAKE + Math.min(time - morning - day * DAY, AWAKE);
}

const toWall = (awake: number, morning: number): number => {
  const day = Math.floor(awake / AWAKE);
  return morning + day * DAY + (awake - day * AWAKE);
};
