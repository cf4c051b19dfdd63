import { createHash } from 'node:crypto';
import type { Reading, Violation } from './ledger.ts';
import type { Caller, Person } from './person.ts';

export interface Pair {
  conversationId: string;
  member: Person;
}

/** Everything, as every member, as it has come to be held and afresh from every process. */
export async function readAll(pairs: readonly Pair[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const { conversationId, member } of pairs) {
    readings.push(await held(member, conversationId));
    for (const caller of member.callers) {
      readings.push(await afresh(member, caller, conversationId));
    }
  }
  return readings;
}

/** What a client has come to hold by itself, and older pages. */
async function held({ username, client }: Person, conversationId: string): Promise<Reading> {
  await client.loadLast(conversationId);
  while (client.hasOlder(conversationId)) await client.loadOlder(conversationId);
  const messages = client.messages(conversationId);
  return { reader: `${username}, held`, conversationId, messages };
}

async function afresh(
  { username }: Person,
  { url, doorbell }: Caller,
  conversationId: string,
): Promise<Reading> {
  const messages = [];
  for (let after = 0; ; ) {
    const page = await doorbell.api.listMessages(conversationId, { after, limit: 100 });
    messages.push(...page.messages);
    const last = page.messages.at(-1);
    if (!page.hasAfter || !last) break;
    after = last.sequence;
  }
  return { reader: `${username}, from ${url}`, conversationId, messages };
}

/** Keeps a hash of each conversation in place of its messages; resolves later to what has changed. */
export function readAgain(
  pairs: readonly Pair[],
  readings: readonly Reading[],
): () => Promise<Violation[]> {
  const digests = new Map(readings.map((one) => [one.conversationId, digest(one)]));
  return async () => {
    const violations: Violation[] = [];
    for (const { conversationId, member } of pairs) {
      for (const caller of member.callers.slice(0, 1)) {
        const now = await afresh(member, caller, conversationId);
        if (digest(now) === digests.get(conversationId)) continue;
        violations.push({ text: `${now.reader}: ${conversationId} has changed since` });
      }
    }
    return violations;
  };
}

const digest = ({ messages }: Reading): string =>
  createHash('sha256')
    .update(messages.map(({ id, body }) => `${id} ${body}`).join('\n'))
    .digest('hex');
