import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../src/notifications/server-frame.ts';

test('frames of all lengths come through a WebSocket as they were', async (t) => {
  const texts = ['', 'a', 'x'.repeat(125), 'x'.repeat(126), '🔔'.repeat(40), 'ä'.repeat(32_767)];
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
    for (const text of texts) {
      request.socket.write(textFrame(text));
      // What goes out by the WebSocket itself keeps its place.
      socket.send('between');
    }
    socket.close();
  });
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const received: string[] = [];
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data, isBinary) => {
    t.notOk(isBinary);
    received.push(data.toString());
  });
  await once(client, 'close');
  t.same(
    received,
    texts.flatMap((text) => [text, 'between']),
  );
  t.throws(() => textFrame('x'.repeat(65_536)));
});
