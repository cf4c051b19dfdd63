import { startProcess } from '../support/processes.ts';
import { invent } from './accounts.ts';
import type { SocketIoOrder } from './socket-io-server.ts';
import type { Stage } from './stage.ts';
import type { Stores } from './stores.ts';
import { type Cast, POOL_SIZE, type Rival, type Target } from './target.ts';

/** Starts Socket.IO, without a database and with one; several processes know of each other by its Redis adapter. */
export async function startPeers(
  stage: Stage,
  stores: Stores,
  cast: Cast,
  processes: number,
): Promise<Target['peers']> {
  const name = `socket_io_${processes}`;
  const { DATABASE_URL: url = '' } = await stores.create(name);
  const { mariadbd, redis } = stores.pids;
  const orderOf = (key: string): SocketIoOrder => ({
    talkers: invent(cast),
    rooms: cast.rooms ?? [],
    ...(processes === 1 ? {} : { redis: { url: stores.redis.url, key } }),
    port: 0,
  });
  const withInsert = {
    ...orderOf(`${name}_insert`),
    database: { url, connections: POOL_SIZE },
  };
  const pids = processes === 1 ? {} : { redis };
  return {
    socketIo: await start(stage, orderOf(name), processes, pids),
    withInsert: await start(stage, withInsert, processes, { ...pids, mariadbd }),
  };
}

/** All at the port that the first has got. */
async function start(
  { started }: Stage,
  order: SocketIoOrder,
  processes: number,
  others: Record<string, number>,
): Promise<Rival> {
  const servers = Array.from({ length: processes }, () =>
    started.use(startProcess(import.meta.resolve('./socket-io-server.ts'))),
  );
  let { port } = order;
  for (const server of servers) ({ port } = await server.ask<{ port: number }>({ ...order, port }));
  const named = servers.map(({ pid }, index): [string, number] => [
    processes === 1 ? 'server' : `worker ${index + 1}`,
    pid,
  ]);
  return { port, pids: { ...Object.fromEntries(named), ...others }, talkers: order.talkers };
}
