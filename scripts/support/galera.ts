import { join, resolve } from 'node:path';
import { freePort } from './free-port.ts';
import { type GaleraNode, galeraNode } from './galera-node.ts';

export interface Galera {
  /** Of all nodes, in their order; ends with a slash. */
  url: string;
  nodes: readonly [GaleraNode, GaleraNode, GaleraNode];
  /** For when none runs any more: starts the most advanced as a new cluster, and the others into it. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Three MariaDB nodes with the same data, in sync. The others leave a dead node behind after some 3 s.
 * One that returns is sent what it missed, from the others' caches or by a copy of everything. `durable`
 * as for a single server: without it, nodes that are all killed at once forget the last second.
 */
export async function startGalera(place: { dir: string; durable?: boolean }): Promise<Galera> {
  const ports = await freePorts(9);
  const member = (index: number) =>
    galeraNode({
      dir: join(resolve(place.dir), `node-${index + 1}`),
      durable: place.durable ?? false,
      port: ports[index] ?? 0,
      groupPorts: ports.slice(3, 6),
      groupPort: ports[3 + index] ?? 0,
      transferPort: ports[6 + index] ?? 0,
    });
  const [first, second, third] = await Promise.all([member(0), member(1), member(2)]);
  const members = [first, second, third];
  const nodes = [first.node, second.node, third.node] as const;
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    await first.found();
    await Promise.all([second.joinCluster(), third.joinCluster()]);
  } catch (error) {
    await stop();
    throw error;
  }
  const restart = async (): Promise<void> => {
    const positions = await Promise.all(members.map((each) => each.recoverPosition()));
    const ahead = positions.reduce((a, b) => (b.seqno > a.seqno ? b : a));
    const [latest = first] = members.filter((_, index) => positions[index] === ahead);
    await latest.found(ahead);
    await Promise.all(members.filter((each) => each !== latest).map((each) => each.joinCluster()));
  };
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `mysql://root@${hosts.join()}/`, nodes, restart, stop };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
