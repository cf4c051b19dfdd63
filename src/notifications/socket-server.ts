import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Admission } from '../core/admission.ts';
import { registerUpgradeRules } from '../core/upgrades.ts';
import type { Subscribers } from './subscribers.ts';

export const SUBPROTOCOL = 'doorbell.v1';
/** Bytes of one client frame. */
const MAX_FRAME = 65_536;

/** Before any route. When the app closes, so do its sockets, each by a code that says to come back. */
export async function registerSocketServer(
  app: FastifyInstance,
  subscribers: Subscribers,
  admission: Admission,
): Promise<void> {
  await app.register(websocket, {
    options: {
      maxPayload: MAX_FRAME,
      handleProtocols: () => SUBPROTOCOL,
      // Frames go out as they are; see subscriber.ts.
      perMessageDeflate: false,
    },
    errorHandler: (error, _socket, request) => {
      // `ws` closes the socket with the code of the error; a client can cause any number of these.
      request.log.info({ code: (error as { code?: string }).code }, 'unreadable frame');
    },
    preClose: (done) => {
      subscribers.closeAll();
      app.websocketServer.close(() => done());
    },
  });
  // A handshake that is none, such as one without a key, is answered as other unreadable requests are.
  app.websocketServer.on('wsClientError', (error, socket) => {
    app.server.emit('clientError', error, socket);
  });
  registerUpgradeRules(app, admission);
}
