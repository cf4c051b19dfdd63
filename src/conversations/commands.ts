import { Type } from '@fastify/type-provider-typebox';
import { parseId } from '../core/ids.ts';
import { IdParams } from '../core/schemas.ts';
import { type Command, type Commands, command } from '../notifications/commands.ts';
import { type MarkerParts, markRead } from './own-view.ts';
import { ReadBody } from './schemas.ts';
import { type TypingParts, typingTeller } from './typing.ts';

export const conversationCommands = (parts: MarkerParts & TypingParts): Commands => ({
  'conversation.read': command({
    description: 'PUT /conversations/:id/read',
    schema: Type.Object({ conversationId: IdParams.properties.id, ...ReadBody.properties }),
    run: async ({ viewer }, { conversationId, sequence }) => {
      await markRead(parts, viewer, { conversationId: parseId(conversationId), sequence });
      return { status: 200 };
    },
  }),
  typing: typingCommand(parts),
});

/** The one command without a REST call: it is worth nothing to whoever has no socket. */
function typingCommand(parts: TypingParts): Command {
  const tellTyping = typingTeller(parts);
  return command({
    description: 'Shows the others that one is typing; at most every two seconds',
    schema: Type.Object({ conversationId: IdParams.properties.id }),
    run: async ({ viewer }, { conversationId }) => {
      await tellTyping(viewer, parseId(conversationId));
      return { status: 202 };
    },
  });
}
