import type { Topology } from './topology.ts';

/** An installation that somebody else runs: nothing of it is broken, only what clients have in their own hands. */
export const given = (urls: readonly string[]): Topology => ({
  urls,
  faults: [],
  notes: ['only faults on the clients’ side'],
  async [Symbol.asyncDispose]() {},
});
