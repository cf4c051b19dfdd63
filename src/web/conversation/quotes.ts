import { type Signal, signal } from '@preact/signals';
import type { Message } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';

/** Undefined while it is on its way, null when it is not there. */
type Quoted = Signal<Message | null | undefined>;

/** Messages that one call may ask for by their ids. */
const BATCH = 100;

const asked = new Map<string, Quoted>();
atSignOut(() => asked.clear());
doorbell.on('messageChanged', (id) => {
  if (asked.has(id)) void fetchQuoted([id]);
});
// Of what is held, and may be no more when it is quoted next, the client tells all.
doorbell.on('message', (message) => take(message));
for (const event of ['synced', 'messagesReset'] as const)
  doorbell.on(event, () => void fetchQuoted([...asked.keys()]));

/** A message that is answered by one on screen and is not held itself: asked for once, and again when it has changed. */
export function quotedMessage(id: string): Quoted {
  const known = asked.get(id);
  if (known) return known;
  const quoted: Quoted = signal();
  asked.set(id, quoted);
  void fetchQuoted([id]);
  return quoted;
}

async function fetchQuoted(ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) {
    // Until the next change they are shown as they were.
    await fetchBatch(ids.slice(at, at + BATCH)).catch(() => {});
  }
}

async function fetchBatch(ids: readonly string[]): Promise<void> {
  const { messages, missing } = await doorbell.api.getMessages(ids);
  for (const message of messages) take(message);
  for (const id of missing) {
    const quoted = asked.get(id);
    if (quoted) quoted.value = null;
  }
}

function take(message: Message): void {
  const quoted = asked.get(message.id);
  if (quoted && message.version > (quoted.peek()?.version ?? -1)) quoted.value = message;
}
