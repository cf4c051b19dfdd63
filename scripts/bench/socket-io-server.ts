// What a user would build with Socket.IO instead: whoever posts over the socket is answered, and the others of the
// conversation are sent the whole message; with a database each message is one insert, and no check of anything.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

async function serve({ talkers, rooms = [], database }: SocketIoOrder): Promise<void> {
  let last = 0;
  const insert: Insert = database
    ? await inserter(database)
    : async () => {
        last += 1;
        return last;
      };
  const server = createServer();
  const io = new Server(server, { transports: ['websocket'], serveClient: false });
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
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
}

process.once('message', serve);
