import { Type } from '@fastify/type-provider-typebox';
import { parseId } from '../core/ids.ts';
import { IdParams } from '../core/schemas.ts';
import { type Commands, command } from '../notifications/commands.ts';
import type { PostMessage } from './post-message.ts';
import { NewMessage, PostHeaders } from './schemas.ts';

export const messageCommands = ({ postMessage }: { postMessage: PostMessage }): Commands => ({
  'message.create': command({
    description: 'POST /conversations/:id/messages; `key` is its Idempotency-Key',
    schema: Type.Object({
      conversationId: IdParams.properties.id,
      key: PostHeaders.properties['idempotency-key'],
      ...NewMessage.properties,
    }),
    run: async ({ viewer }, { conversationId, key, ...post }) => {
      const { id, created } = await postMessage(viewer, {
        ...post,
        conversationId: parseId(conversationId),
        idempotencyKey: key,
      });
      return { status: created ? 201 : 200, id };
    },
  }),
});
