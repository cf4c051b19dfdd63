// What node:http and ws can do with the same requests: no framework, no validation, no check of a token, nothing
// stored but each conversation's last message, in a variable.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Talkers } from './talk.ts';

interface Conversation {
  id: string;
  tokens: readonly string[];
  sequence: number;
  last: string;
}

const conversations = new Map<string, Conversation>();
const sockets = new Map<string, WebSocket>();

const server = createServer((request, response) => {
  if (request.method === 'GET') get(request, response);
  else {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => post(request, Buffer.concat(chunks).toString(), response));
  }
});

function post(request: IncomingMessage, json: string, response: ServerResponse): void {
  const { body } = JSON.parse(json);
  // /api/v1/conversations/<id>/messages
  const conversation = conversations.get(request.url?.split('/')[4] ?? '');
  if (!conversation) {
    answer(response, 404, '{}');
    return;
  }
  const sender = tokenOf(request);
  conversation.sequence += 1;
  const id = `${conversation.id}-${conversation.sequence}`;
  conversation.last = JSON.stringify({
    id,
    conversationId: conversation.id,
    sequence: conversation.sequence,
    sender,
    body,
    replyTo: null,
    attachments: [],
    reactions: [],
    createdAt: new Date().toISOString(),
    editedAt: null,
    deletedAt: null,
    version: 1,
  });
  const frame = JSON.stringify({ event: 'message.created', id });
  for (const token of conversation.tokens) if (token !== sender) sockets.get(token)?.send(frame);
  answer(response, 201, conversation.last);
}

function get(request: IncomingMessage, response: ServerResponse): void {
  // /api/v1/messages/<conversation>-<sequence>
  const id = request.url?.split('/')[4] ?? '';
  const conversation = conversations.get(id.split('-')[0] ?? '');
  answer(response, conversation ? 200 : 404, conversation?.last ?? '{}');
}

function answer(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

const tokenOf = ({ headers }: IncomingMessage) =>
  headers.authorization?.slice('Bearer '.length) ?? '';

new WebSocketServer({ server, handleProtocols: () => 'doorbell.v1' }).on(
  'connection',
  (socket, request) => {
    sockets.set(tokenOf(request), socket);
    socket.send(JSON.stringify({ event: 'ready', heartbeat: 25 }));
  },
);

process.once('message', (talkers: Talkers) => {
  for (const { id, users } of talkers.conversations) {
    const tokens = users.map((index) => talkers.users[index] ?? '');
    conversations.set(id, { id, tokens, sequence: 0, last: '' });
  }
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
});
