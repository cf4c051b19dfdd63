/** Moments of a post at which a test can have the process die, or stop with its locks held. */
export const FAILPOINTS = [
  'after-sequence',
  'before-commit',
  'after-commit',
  'after-announcement',
] as const;
type Failpoint = (typeof FAILPOINTS)[number];

let armed: { name: string; signal: NodeJS.Signals; passes: number } | undefined;

/** As the setting FAILPOINT has it: which one, what happens there, and at the how many-th pass. */
export function armFailpoint(setting: string): void {
  const [name = '', action, passes] = setting.split(':');
  armed = { name, signal: action === 'stop' ? 'SIGSTOP' : 'SIGKILL', passes: Number(passes) };
}

/** Nothing, unless this failpoint is armed and its time has come. */
export function reach(name: Failpoint): void {
  if (armed?.name !== name) return;
  armed.passes -= 1;
  if (armed.passes === 0) process.kill(process.pid, armed.signal);
}
