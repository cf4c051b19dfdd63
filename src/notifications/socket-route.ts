import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { subprotocols } from '../core/authenticate.ts';
import type { Config } from '../core/config.ts';
import { requireAllowedOrigin } from '../core/origins.ts';
import { ProblemError } from '../core/problems.ts';
import { Nothing } from '../core/schemas.ts';
import type { Dispatcher } from './dispatcher.ts';
import { SUBPROTOCOL } from './socket-server.ts';
import { CLOSE, Subscriber } from './subscriber.ts';
import type { Subscribers } from './subscribers.ts';

/** Of the WebSocket protocol, RFC 6455; whoever speaks another is told. */
const VERSION = '13';

interface Parts {
  subscribers: Subscribers;
  dispatcher: Dispatcher;
  config: Pick<Config, 'allowedOrigins' | 'heartbeatSeconds' | 'commandsPerSecond'>;
}

/** The notification socket: everything that can refuse it does so before the upgrade, as plain HTTP. */
export const socketRoute =
  ({ subscribers, dispatcher, config }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '',
      config: { access: 'user', socket: true },
      schema: {
        tags: ['Notifications'],
        summary: 'The notification socket',
        description: 'A WebSocket; its frames are described in /api/v1/asyncapi.json.',
        response: { 101: Nothing },
      },
      preValidation: async (request, reply) => {
        reply.header('sec-websocket-version', VERSION);
        requireUpgrade(request, config.allowedOrigins);
      },
      handler: () => {
        throw new ProblemError('upgrade_required');
      },
      wsHandler: (socket, request) => {
        const subscriber = new Subscriber(socket, request.socket, request.viewer);
        renameCloseCode(socket);
        socket.on('close', () => subscribers.remove(subscriber));
        const ready = subscribers.add(subscriber).then(
          (isAccepted) => isAccepted && subscriber.ready(config.heartbeatSeconds),
          (error) => {
            request.log.error({ err: error }, 'could not subscribe');
            subscriber.close(CLOSE.restarting);
          },
        );
        const receive = dispatcher.listen(subscriber, ready);
        const isTooFast = rateOf(config.commandsPerSecond);
        socket.on('ping', () => isTooFast() && subscriber.close(CLOSE.tooFast));
        socket.on('message', (data, isBinary) => {
          if (isTooFast()) subscriber.close(CLOSE.tooFast);
          else receive(isBinary ? undefined : data.toString());
        });
      },
    });
  };

/** Counts calls; true once there were more of them in one second than `limit`. */
function rateOf(limit: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    count = now === second ? count + 1 : 1;
    second = now;
    return count > limit;
  };
}

function requireUpgrade(request: FastifyRequest, allowedOrigins: ReadonlySet<string>): void {
  const { upgrade, 'sec-websocket-version': version } = request.headers;
  if (!request.ws || upgrade?.toLowerCase() !== 'websocket' || version !== VERSION) {
    throw new ProblemError('upgrade_required');
  }
  requireAllowedOrigin(request, allowedOrigins, { reliesOnCookie: false });
  if (!subprotocols(request).includes(SUBPROTOCOL)) throw new ProblemError('subprotocol_required');
}

/** The receiver of `ws` closes an oversized frame with 1009 by itself; the protocol's code is 4413. */
function renameCloseCode(socket: WebSocket): void {
  const close = socket.close.bind(socket);
  socket.close = (code, reason) => close(code === 1009 ? CLOSE.frameTooLarge : code, reason);
}
