import { indexOf, type Random, randomOf } from './random.ts';

export interface Size {
  users: number;
  conversations: number;
  messages: number;
  seed: number;
}

export interface PlannedConversation {
  index: number;
  /** Places in the list of people. */
  members: readonly [number, number];
  messages: number;
}

export const pairsOf = (users: number): number => (users * (users - 1)) / 2;

/**
 * Who talks with whom, and how much. With more messages none of the conversations has fewer, so
 * what an earlier run stored is always the beginning of what a later one wants.
 */
export function planConversations(size: Size): PlannedConversation[] {
  const pairs = drawPairs(size);
  const messages = shareMessages(size);
  return pairs.map((members, index) => ({ index, members, messages: messages[index] ?? 0 }));
}

function drawPairs({ seed, users, conversations }: Size): [number, number][] {
  const taken = new Set<number>();
  for (let index = 0; index < conversations; index += 1) {
    let pair = drawPair(randomOf('pair', seed, index), users);
    while (taken.has(pair)) pair = (pair + 1) % pairsOf(users);
    taken.add(pair);
  }
  return [...taken].map(membersOf);
}

/** The first of the people are the most sociable. Pairs are numbered 0-1, 0-2, 1-2, 0-3, 1-3, 2-3, … */
function drawPair(random: Random, users: number): number {
  const one = Math.floor(random() ** 1.7 * users);
  const drawn = Math.floor(random() ** 1.7 * users);
  const other = drawn === one ? (one + 1) % users : drawn;
  return pairsOf(Math.max(one, other)) + Math.min(one, other);
}

function membersOf(pair: number): [number, number] {
  const larger = Math.floor((1 + Math.sqrt(1 + 8 * pair)) / 2);
  return [pair - pairsOf(larger), larger];
}

/** One message each, then every further one to a conversation drawn for it: few are busy, many quiet. */
function shareMessages({ seed, conversations, messages }: Size): Uint32Array {
  const counts = new Uint32Array(conversations).fill(1, 0, Math.min(messages, conversations));
  const ends = endsOfShares(seed, conversations);
  const whole = ends.at(-1) ?? 0;
  for (let message = conversations; message < messages; message += 1) {
    const index = indexAt(ends, randomOf('share', seed, message)() * whole);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** Log-normal shares, laid end to end. */
function endsOfShares(seed: number, conversations: number): Float64Array {
  const ends = new Float64Array(conversations);
  let end = 0;
  for (let index = 0; index < conversations; index += 1) {
    const random = randomOf('busy', seed, index);
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    end += Math.exp(1.35 * normal);
    ends[index] = end;
  }
  return ends;
}

/** The first share that ends after `point`. */
function indexAt(ends: Float64Array, point: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How far each member has read: whoever spoke last everything, others mostly, some little. */
export function readPosition(
  seed: number,
  index: number,
  member: number,
  messages: number,
): number {
  const random = randomOf('read', seed, index, member);
  const mood = random();
  if (mood < 0.6) return messages;
  if (mood < 0.85) return Math.max(0, messages - 1 - indexOf(random, 20));
  return Math.floor(messages * random());
}
