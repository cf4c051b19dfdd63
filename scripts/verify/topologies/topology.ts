import type { Fault } from '../faults/fault.ts';

/** An installation that is talked to while it is being broken. */
export interface Topology extends AsyncDisposable {
  /** Of each process of the server. */
  urls: readonly string[];
  faults: readonly Fault[];
  /** What is so throughout, and which faults could not be had here, and why. */
  notes: readonly string[];
}

export interface TopologyOptions {
  /** For data; everything in it goes when the run ends. */
  dir: string;
  /** Modules that every process of the server loads first. */
  imports?: readonly string[];
}
