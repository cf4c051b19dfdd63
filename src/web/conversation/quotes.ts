import { type Signal, signal } from '@preact/signals';
import type { Message } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';

/** Undefined while it is on its way, null when it is not to be had. */
type Quoted = Signal<Message | null | undefined>;

const asked = new Map<string, Quoted>();
atSignOut(() => asked.clear());

/** A message that is answered by one on screen and is not held itself: asked for once. */
export function quotedMessage(id: string): Quoted {
  const known = asked.get(id);
  if (known) return known;
  const quoted: Quoted = signal();
  asked.set(id, quoted);
  doorbell.api.getMessage(id).then(
    (message) => {
      quoted.value = message;
    },
    () => {
      quoted.value = null;
    },
  );
  return quoted;
}
