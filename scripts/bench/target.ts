import type { Process } from '../support/processes.ts';
import type { Room } from './gathering.ts';
import type { RawOrder } from './raw-transactions.ts';
import type { Column } from './scenario.ts';
import type { Talkers } from './talk.ts';

/** Connections to MariaDB of each process: Doorbell's default. */
export const POOL_SIZE = 10;

/** One way to run Doorbell, and what it is compared with. */
export interface Target extends Column {
  port: number;
  talkers: Talkers;
  pids: Record<string, number>;
  store: RawOrder['store'];
  /** To the database: as many as the server's. */
  connections: number;
  bare: Rival;
  /** Socket.IO, which pushes whole messages, in as many processes: as it is, and with one insert for each into the same MariaDB. */
  peers: { socketIo: Rival; withInsert: Rival };
  /** Does them when asked. */
  transactions: Process;
}

/** Another server for the same loop. */
export interface Rival {
  port: number;
  pids: Record<string, number>;
  talkers: Talkers;
}

/** Of a column. */
export const severalName = (processes: number): string => `mariadb+redis × ${processes}`;

/** Who is there, whoever talks. */
export interface Cast {
  users: number;
  conversations: number;
  /** Of the peer. */
  rooms?: readonly Pick<Room, 'id' | 'members'>[];
}
