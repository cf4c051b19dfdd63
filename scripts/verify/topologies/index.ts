import { cluster } from './cluster.ts';
import { embedded } from './embedded.ts';
import { pair } from './pair.ts';
import type { Topology, TopologyOptions } from './topology.ts';

/** Those that this program starts itself, and may therefore break. */
export const topologies: Record<string, (options: TopologyOptions) => Promise<Topology>> = {
  embedded,
  pair,
  cluster,
};
