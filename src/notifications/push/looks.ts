/** New messages of a conversation, `from` and `to` among them, and when to see whom to tell of them. */
export interface Look {
  conversationId: number;
  from: number;
  to: number;
  /** By this process' own clock. */
  at: number;
  /** How often it was tried before. */
  tries: number;
  /** Subscriptions; without it those of all members. */
  only?: Set<number>;
}

/** Conversations that may wait, of each kind; beyond it nobody is told. */
const MAX_WAITING = 20_000;
/** A look that came to nothing for somebody is repeated after so many delays each, and then no more. */
const WAITS = [1, 3, 9];
/** Milliseconds that a push service may ask for at most. */
const LONGEST_WAIT = 300_000;
/** Milliseconds that a delay is here at least. */
const SHORTEST_DELAY = 100;

/** What waits to be looked at. Messages of one conversation that come while one waits are told of together. */
export function keepLooks(delay: number) {
  const first = new Map<number, Look>();
  const again = new Map<string, Look>();

  /** The new one, or what it was added to. Undefined when too much waits. */
  function place<K>(waiting: Map<K, Look>, key: K, look: Look): Look | undefined {
    const known = waiting.get(key);
    if (!known && waiting.size >= MAX_WAITING) return undefined;
    if (!known) waiting.set(key, look);
    return known ?? look;
  }

  function takeDue<K>(waiting: Map<K, Look>, now: number, most: number): Look[] {
    const due: Look[] = [];
    for (const [key, look] of waiting) {
      if (due.length === most) break;
      if (look.at > now) continue;
      waiting.delete(key);
      due.push(look);
    }
    return due;
  }

  return {
    /** Returns false when too much waits. */
    add(conversationId: number, sequence: number): boolean {
      const at = performance.now() + delay;
      const fresh = { conversationId, from: sequence, to: sequence, at, tries: 0 };
      const look = place(first, conversationId, fresh);
      if (!look) return false;
      look.from = Math.min(look.from, sequence);
      look.to = Math.max(look.to, sequence);
      return true;
    },

    /** For these subscriptions alone, after a while or as late as is asked for. Returns false when it was the last time. */
    repeat(look: Look, subscriptionIds: Iterable<number>, retryAfter = 0): boolean {
      const { conversationId, from, to, tries } = look;
      const wait = WAITS[tries];
      if (wait === undefined) return false;
      const pause = Math.max(wait * Math.max(delay, SHORTEST_DELAY), retryAfter);
      const at = performance.now() + Math.min(pause, LONGEST_WAIT);
      const fresh = { conversationId, from, to, at, tries: tries + 1, only: new Set<number>() };
      const placed = place(again, `${conversationId} ${from} ${to} ${tries}`, fresh);
      for (const id of subscriptionIds) placed?.only?.add(id);
      if (placed) placed.at = Math.max(placed.at, at);
      return placed !== undefined;
    },

    takeDue: (now: number, most: number): Look[] => [
      ...takeDue(first, now, most),
      ...takeDue(again, now, most),
    ],
  };
}
