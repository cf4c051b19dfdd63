import { readFileSync } from 'node:fs';

/** By name of a process: seconds of processor time so far; null where there is no /proc. */
export type Usage = Record<string, number | null>;

// USER_HZ: what the kernel shows to programs is in hundredths of a second on all of Linux' platforms.
const TICKS_PER_SECOND = 100;

/** Of these processes, without their children, of this one as `generator`, and of the whole `machine`. */
export function usage(pids: Readonly<Record<string, number>>): Usage {
  const named = Object.entries({ generator: process.pid, ...pids });
  return {
    ...Object.fromEntries(named.map(([name, pid]) => [name, ofProcess(pid)])),
    machine: ofMachine(),
  };
}

/** How many cores were in use on average between two looks, so many seconds apart. */
export const coresOf = (before: Usage, after: Usage, seconds: number): Usage =>
  Object.fromEntries(
    Object.entries(before).map(([name, start]) => {
      const end = after[name] ?? null;
      return [name, start === null || end === null ? null : (end - start) / seconds];
    }),
  );

/** Megabytes that are in memory, of the same processes; null where there is no /proc. */
export const megabytesOf = (pids: Readonly<Record<string, number>>): Usage =>
  Object.fromEntries(
    Object.entries({ generator: process.pid, ...pids }).map(([name, pid]) => [
      name,
      residentMegabytes(pid),
    ]),
  );

/** Whether a process with this name makes the load, and is none of what is measured. */
export const isOfGenerator = (name: string): boolean =>
  name === 'generator' || name.startsWith('crowd');

function residentMegabytes(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

function ofProcess(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc_pid_stat(5). The name, in brackets, may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function ofMachine(): number | null {
  const stat = read('/proc/stat');
  if (stat === null) return null;
  // proc_stat(5): `cpu  user nice system idle iowait irq softirq …`. Not os.cpus(), which leaves out softirq: the
  // network of one machine with itself.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (stat.match(/\d+/g) ?? []).map(
    Number,
  );
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
