import { readFileSync } from 'node:fs';

/** Bytes; those of the kernel are of the whole machine. */
export interface Memory {
  /** When this was so: milliseconds since 1970. */
  at: number;
  /** Of the process that is in memory. */
  process: number;
  /** What lies in the buffers of TCP connections, as the kernel accounts for it. */
  tcp: number;
  /** The kernel's own objects: connections, open files, what epoll knows of them, and part of the buffers. */
  slab: number;
}

const PAGE = 4_096;

export const memoryOf = (pid: number): Memory => ({
  at: Date.now(),
  process: 1_024 * numberIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m),
  ...kernelMemory(),
});

/** Bytes of this process that were in memory at most so far. */
export const peakOf = (pid: number): number =>
  1_024 * numberIn(`/proc/${pid}/status`, /^VmHWM:\s+(\d+)/m);

/** Looks every 100 milliseconds until it is disposed of, because the kernel keeps no record itself. */
export function watchKernel(): Disposable & { peak(): Pick<Memory, 'tcp' | 'slab'> } {
  const peak = kernelMemory();
  const look = () => {
    const { tcp, slab } = kernelMemory();
    peak.tcp = Math.max(peak.tcp, tcp);
    peak.slab = Math.max(peak.slab, slab);
    return peak;
  };
  const timer = setInterval(look, 100);
  return { peak: look, [Symbol.dispose]: () => clearInterval(timer) };
}

const kernelMemory = () => ({
  tcp: PAGE * numberIn('/proc/net/sockstat', /^TCP:.* mem (\d+)/m),
  slab: 1_024 * numberIn('/proc/meminfo', /^Slab:\s+(\d+)/m),
});

/** Of this process and those that it starts. Node has raised the soft limit to the hard one. */
export const openFilesLimit = (): number =>
  numberIn('/proc/self/limits', /^Max open files\s+(\d+)/m);

/** What one address can have open at once to one other. */
export function localPorts(): number {
  const [first = '', last = ''] = read('/proc/sys/net/ipv4/ip_local_port_range').split(/\s+/);
  return Number(last) - Number(first) + 1;
}

/** Times that the kernel turned a connection away because its listener's queue was full; the other side tries again. */
export function listenOverflows(): number {
  const [names = '', values = ''] = read('/proc/net/netstat').match(/^TcpExt: .*$/gm) ?? [];
  return Number(values.split(' ')[names.split(' ').indexOf('ListenOverflows')] ?? Number.NaN);
}

const numberIn = (file: string, pattern: RegExp): number =>
  Number(pattern.exec(read(file))?.[1] ?? Number.NaN);

const read = (file: string): string => readFileSync(file, 'utf8');
