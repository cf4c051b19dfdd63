import { API_VERSION } from '../core/api-pages.ts';
import { CommandAnswer, type Commands, commandFrame } from './commands.ts';
import { ServerFrame } from './frames.ts';
import { CLOSE, MAX_UNDER_WAY, MAX_WAITING } from './subscriber.ts';

interface NamedSchema {
  title?: string;
  description?: string;
  anyOf?: NamedSchema[];
}

/** AsyncAPI 3.0 of the notification socket, made from the schemas that check and type its frames. */
export function asyncApi(publicUrl: string, commands: Commands) {
  const sent = [...flatten(ServerFrame as NamedSchema), CommandAnswer as NamedSchema];
  const titles = new Set(sent.map(({ title }) => title));
  const received = Object.entries(commands).map(([name, given]): NamedSchema => {
    const frame = commandFrame(name, given) as NamedSchema;
    // What a client says by a word that the server uses as well.
    return titles.has(name) ? { ...frame, title: `${name}.command` } : frame;
  });
  const references = (schemas: NamedSchema[]) =>
    schemas.map(({ title }) => ({ $ref: `#/channels/socket/messages/${title}` }));
  const { protocol, host } = new URL(publicUrl);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Doorbell notifications', version: API_VERSION, description },
    defaultContentType: 'application/json',
    servers: { doorbell: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' } },
    channels: {
      socket: {
        address: '/api/v1/socket',
        description: 'WebSocket subprotocol doorbell.v1.',
        messages: Object.fromEntries(
          [...sent, ...received].map((schema) => [
            schema.title,
            { name: schema.title, summary: schema.description, payload: schema },
          ]),
        ),
      },
    },
    operations: {
      ring: {
        action: 'send',
        summary: 'What the server sends',
        channel: { $ref: '#/channels/socket' },
        messages: references(sent),
      },
      command: {
        action: 'receive',
        summary: 'What a client may send',
        channel: { $ref: '#/channels/socket' },
        messages: references(received),
      },
    },
  };
}

const flatten = (schema: NamedSchema): NamedSchema[] => schema.anyOf?.flatMap(flatten) ?? [schema];

const description = `
A frame says which thing is new and never carries it: fetch it. Losing, repeating, delaying or
reordering frames costs time, never a message, because \`POST /api/v1/sync\` makes up for any.

Authenticate before the upgrade: \`Authorization: Bearer\`, or from a browser the subprotocols
\`doorbell.v1, bearer.<access token>\`. A bad token is a 401, a foreign \`Origin\` a 403.

A reader with ${MAX_UNDER_WAY} frames under way gets no more until it has answered a ping; ${MAX_WAITING} more wait
for that, and in place of a longer queue there is one \`resync\`.

From \`ready\` on, the commands of one socket are carried out one after another. Each is answered once, in
the order in which they came, with the status of its REST call; \`ref\` tells which it was. What a client sends
while as many wait as it may send in a second is answered at once by a 429.

Close codes: ${CLOSE.restarting} restarting, reconnect with jitter · ${CLOSE.tokenEnded} token ended
· ${CLOSE.accessRevoked} access revoked · ${CLOSE.noHeartbeatAnswer} no heartbeat answer ·
${CLOSE.tooManySockets} too many sockets of this user · ${CLOSE.frameTooLarge} frame too large ·
${CLOSE.tooFast} too fast. Those from 4400 up, other than ${CLOSE.tokenEnded} and
${CLOSE.noHeartbeatAnswer}, are not to be retried at once.
`.trim();
