import { join } from 'node:path';
import { keepDoorbell } from '../faults/doorbell-process.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../faults/small-disk.ts';
import { sqliteFaults } from '../faults/sqlite.ts';
import type { Topology, TopologyOptions } from './topology.ts';

/** One process over SQLite. */
export async function embedded({ dir, imports = [] }: TopologyOptions): Promise<Topology> {
  await using started = new AsyncDisposableStack();
  const data = join(dir, 'data');
  const disk = await mountSmallDisk({ dir: data, part: 'the database' });
  if (disk) started.use(disk);
  const server = await keepDoorbell({ name: 'the server', dir: data, settings: {}, imports });
  started.use(server);
  const all = started.move();
  return {
    urls: [server.url],
    faults: [...server.faults, ...sqliteFaults(data), ...(disk ? [disk.fault] : [])],
    notes: disk ? [] : [NO_SMALL_DISK],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
