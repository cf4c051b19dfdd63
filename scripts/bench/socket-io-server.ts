// What a user would build with Socket.IO instead: whoever posts over the socket is answered, and the others of the
// conversation are sent the whole message; with a database each message is one insert, and no check of anything.
// Several such processes share a port, and reach each other's sockets by the Redis adapter.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { createPool, type ResultSetHeader } from 'mysql2';
import { Server } from 'socket.io';
import type { Room } from './gathering.ts';
import type { Talkers } from './talk.ts';

export interface SocketIoOrder {
  talkers: Talkers;
  /** Besides the conversations of the talkers. */
  rooms?: readonly Pick<Room, 'id' | 'members'>[];
  /** Where messages are inserted, in a table of their own; without it they are nowhere. */
  database?: { url: string; connections: number };
  /** For several processes, which have a key of their own. */
  redis?: { url: string; key: string };
  /** 0 for any that is free. */
  port: number;
}

type Insert = (conversationId: string, sender: string, body: string) => Promise<number>;

const TABLE = `CREATE TABLE IF NOT EXISTS socket_io_messages (
  id bigint PRIMARY KEY AUTO_INCREMENT, conversation_id bigint NOT NULL, sender varchar(64) NOT NULL, body text NOT NULL,
  created_at bigint NOT NULL, KEY by_conversation (conversation_id, id)) CHARSET utf8mb4`;

async function inserter({
  url,
  connections,
}: {
  url: string;
  connections: number;
}): Promise<Insert> {
  const pool = createPool({ uri: url, connectionLimit: connections });
  const run = (sql: string, values: unknown[]) =>
    new Promise<ResultSetHeader>((resolve, reject) => {
      pool.query<ResultSetHeader>(sql, values, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
  await run(TABLE, []);
  return async (conversationId, sender, body) => {
    const { insertId } = await run(
      'INSERT INTO socket_io_messages (conversation_id, sender, body, created_at) VALUES (?, ?, ?, ?)',
      [conversationId, sender, body, Date.now()],
    );
    return insertId;
  };
}

/** Ascending in all processes of the machine together, as those that a database gives. */
function counter(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Number(process.hrtime.bigint() / 1_000n));
    return last;
  };
}

async function serve({ talkers, rooms = [], database, redis, port }: SocketIoOrder): Promise<void> {
  const next = counter();
  const insert: Insert = database ? await inserter(database) : async () => next();
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], serveClient: false });
  if (redis)
    io.adapter(createAdapter(new Redis(redis.url), new Redis(redis.url), { key: redis.key }));
  io.on('connection', (socket) => {
    const { token } = socket.handshake.auth;
    const index = talkers.users.indexOf(token);
    const own = [
      ...talkers.conversations.filter(({ users }) => users.includes(index)),
      ...rooms.filter(({ members }) => members.includes(index)),
    ];
    void socket.join(own.map(({ id }) => id));
    socket.on('post', async ({ conversationId, body }, acknowledge) => {
      const sequence = await insert(conversationId, token, body);
      const message = {
        id: `${conversationId}-${sequence}`,
        conversationId,
        sequence,
        sender: token,
        body,
        createdAt: new Date().toISOString(),
      };
      socket.to(conversationId).emit('message', message);
      acknowledge(message);
    });
  });
  server.listen({ host: '127.0.0.1', port, reusePort: redis !== undefined }, () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
}

process.once('message', serve);
