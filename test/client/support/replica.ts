import type { Emit } from '../../../src/client/events.ts';
import type { Message } from '../../../src/client/index.ts';
import { Replica } from '../../../src/client/replica.ts';

/** An empty replica of ana's, with the names of its events and the messages that were news. */
export function newReplica() {
  const events: string[] = [];
  const news: Message[] = [];
  const emit: Emit = (event, value) => {
    events.push(event);
    if (event === 'message') news.push(value as Message);
  };
  return { replica: new Replica('ana', emit), events, news };
}
