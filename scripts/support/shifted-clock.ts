// Preloaded with `--import`: the clock of this process, and of the threads and processes that inherit the option, is
// ahead by SHIFT_CLOCK_MS milliseconds, or behind when they are negative. `Date` tells the wrong time in all its forms;
// timers, performance.now() and what Node itself stamps (the Date header of an answer, times of files) keep the right one.

const RealDate = Date;
const shift = Number(process.env['SHIFT_CLOCK_MS'] || Number.NaN);
if (!Number.isSafeInteger(shift)) throw new Error('SHIFT_CLOCK_MS: a whole number of milliseconds');

const now = RealDate.now;
RealDate.now = () => now() + shift;

const ShiftedDate = new Proxy(RealDate, {
  apply: () => new RealDate(RealDate.now()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
});
RealDate.prototype.constructor = ShiftedDate;
globalThis.Date = ShiftedDate;
