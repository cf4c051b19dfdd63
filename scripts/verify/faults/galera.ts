import type { Galera } from '../../support/galera.ts';
import type { GaleraNode } from '../../support/galera-node.ts';
import type { Fault } from './fault.ts';

/** Milliseconds after which the others have left a node behind. */
const LEFT_BEHIND = 4_000;

/** What can happen to one node; the others keep their majority. `name`: such as `Galera node 1`. */
export const galeraFaults = (
  node: GaleraNode,
  name: string,
  { nodes }: Pick<Galera, 'nodes'>,
): Fault[] => [
  {
    name: `kill -9 of ${name}`,
    part: 'Galera',
    async break() {
      await node.kill();
      return node.start;
    },
  },
  {
    name: `SIGTERM of ${name}`,
    part: 'Galera',
    async break() {
      await node.stop();
      return node.start;
    },
  },
  {
    name: `SIGSTOP of ${name}`,
    part: 'Galera',
    atLeast: LEFT_BEHIND,
    break() {
      process.kill(node.pid, 'SIGSTOP');
      return () => {
        process.kill(node.pid, 'SIGCONT');
        // Until it is in again, another fault would leave no majority.
        return untilWhole(nodes);
      };
    },
  },
  {
    name: `${name} cut off from the others`,
    part: 'Galera',
    atLeast: LEFT_BEHIND,
    async break() {
      await node.isolate();
      return async () => {
        await node.heal();
        await untilWhole(nodes);
      };
    },
  },
];

async function untilWhole(nodes: readonly GaleraNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.untilIn(nodes.length)));
}
