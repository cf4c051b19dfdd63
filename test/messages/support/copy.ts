import type { Message } from '../../../src/conversations/schemas.ts';
import type { TestUser } from '../../support/http.ts';
import type { TestSocket } from '../../support/socket.ts';

export type Position = [sequence: number, version: number];

interface Frame {
  event: string;
  id: string;
}

interface Answer {
  events: Frame[];
  conversations: Record<string, Position>;
}

export const sync = async (
  user: TestUser,
  conversations: Record<string, Position>,
): Promise<Answer> => (await user.post('/sync', { json: { conversations } })).body;

/** What the least of clients would hold of a conversation that is still empty: it fetches whatever it is told of. */
export function copyOf(user: TestUser, conversationId: string) {
  const held = new Map<number, Message>();
  let position: Position = [0, 1];

  async function apply({ event, id }: Frame): Promise<void> {
    if (event !== 'message.created' && event !== 'message.updated') return;
    const { body } = await user.get(`/messages/${id}`);
    held.set(body.sequence, body);
  }

  return {
    messages: () => [...held.values()].sort((a, b) => a.sequence - b.sequence),

    /** Resolves to what it was told, once it is fetched. */
    async catchUp(): Promise<Frame[]> {
      const { events, conversations } = await sync(user, { [conversationId]: position });
      for (const frame of events) await apply(frame);
      position = conversations[conversationId] ?? position;
      return events;
    },

    /** Fetches for every frame in turn. Returns what resolves when all so far is fetched. */
    follow({ socket }: TestSocket): () => Promise<void> {
      let work = Promise.resolve();
      socket.on('message', (data) => {
        work = work.then(() => apply(JSON.parse(data.toString())));
      });
      return () => work;
    },
  };
}
