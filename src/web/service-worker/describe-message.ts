import { Doorbell } from '../../client/index.ts';
import { words } from './words.ts';
import { worker } from './worker.ts';

/** Milliseconds: a notification that says little is better than one that comes late. */
const PATIENCE = 8_000;

/** As whoever is signed in now; it may be another one than with the push before. */
export const openDoorbell = (): Doorbell =>
  new Doorbell({
    url: worker.location.origin,
    session: 'cookie',
    timeoutMilliseconds: PATIENCE,
    // The worker may be stopped at any time, and with an answer that is lost so is the sign-in that it renews.
    fetch: (input, init) => fetch(input, { ...init, keepalive: true }),
  });

export interface Description {
  title: string;
  body: string;
}

export const UNKNOWN: Description = { title: words.app, body: words.newMessage };

/** What a push says by its id alone, fetched as any page would. Rejects when it cannot be had. */
export async function describeMessage(id: string, conversationId: string): Promise<Description> {
  const { api } = openDoorbell();
  const [message, conversation] = await Promise.all([
    api.getMessage(id),
    api.getConversation(conversationId),
  ]);
  const body = message.body ?? words.messageDeleted;
  if (conversation.kind === 'direct')
    return { title: conversation.with?.displayName ?? words.deletedPerson, body };
  const { displayName } = await api
    .getUser(message.sender)
    .catch(() => ({ displayName: message.sender }));
  return { title: conversation.title ?? words.app, body: words.says(displayName, body) };
}
