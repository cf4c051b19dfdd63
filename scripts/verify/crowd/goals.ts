/** Megabytes are for GOAL_SOCKETS sockets. */
export interface Goals {
  /** That one process grows by when all sockets are open. */
  idleMegabytes: number;
  /** That the process and the kernel grow by together while nobody reads. */
  hungMegabytes: number;
  /** From the return of a killed process until the last has caught up. */
  caughtUpSeconds: number;
}

export const GOALS: Goals = { idleMegabytes: 200, hungMegabytes: 100, caughtUpSeconds: 5 };

const GOAL_SOCKETS = 10_000;
/** With fewer, what a process grows by at any work would be more than its sockets. */
const FEWEST_SOCKETS = 5_000;

export const boundFor = (sockets: number, megabytes: number): number =>
  (megabytes * Math.max(sockets, FEWEST_SOCKETS)) / GOAL_SOCKETS;
