import { writingRefusal } from '../conversations/writable.ts';
import type { Viewer } from '../core/authenticate.ts';
import { invalidValue, notFound, type ProblemError } from '../core/problems.ts';

/** A post whose shape is right; whether it may stand where it is to stand shows under the conversation's lock. */
export interface CheckedPost {
  sender: Pick<Viewer, 'userId' | 'username'>;
  conversationId: number;
  body: string;
  /** Sequence, in the same conversation. */
  replyTo: number | null;
  /** Without one, every call posts. */
  idempotencyKey: string | undefined;
}

/** A sender as a member, in a locked conversation. */
export interface Place {
  conversationId: number;
  /** Of the conversation. */
  lastSequence: number;
  hiddenThrough: number;
  blocked: number;
  conversationVersion: number;
}

/** What posts are judged by. */
export interface Ground {
  heads: ReadonlyMap<number, number>;
  /** Of each post. */
  places: readonly (Place | undefined)[];
  /** Keys that have made a message before. */
  taken: ReadonlySet<string>;
  /** Whether a conversation without a head may be there, and held by somebody else. */
  skipsLocked: boolean;
  now: number;
}

/** What is to become of a post. */
export type Ruling = { post: CheckedPost } & (
  | { kind: 'accepted'; sequence: number; now: number }
  /** The key has made a message before. */
  | { kind: 'repeated' }
  | { kind: 'refused'; problem: ProblemError }
  /** Somebody else holds the conversation; what is in the group for others does not wait for that. */
  | { kind: 'locked' }
);

export type Accepted = Ruling & { kind: 'accepted' };

export const isAccepted = (ruling: Ruling): ruling is Accepted => ruling.kind === 'accepted';

/** Gives out sequences, without a gap, to those posts that may stand. */
export function rulePosts(
  posts: readonly CheckedPost[],
  { heads, places, taken, skipsLocked, now }: Ground,
): Ruling[] {
  const last = new Map(heads);
  const known = new Set(taken);
  return posts.map((post, at): Ruling => {
    const { conversationId, replyTo } = post;
    const head = last.get(conversationId);
    if (head === undefined && skipsLocked) return { post, kind: 'locked' };
    const place = places[at];
    if (head === undefined || !place) return { post, kind: 'refused', problem: notFound() };
    const key = keyOf(post);
    if (key !== undefined && known.has(key)) return { post, kind: 'repeated' };
    const sequence = head + 1;
    const problem = refusalOf(place, { sequence, replyTo });
    if (problem) return { post, kind: 'refused', problem };
    if (key !== undefined) known.add(key);
    last.set(conversationId, sequence);
    return { post, kind: 'accepted', sequence, now };
  });
}

/** A 403 after a block, a 409 when the other one is deleted, and a 400 for a reply to what is not there for the sender. */
function refusalOf(
  place: Place,
  { sequence, replyTo }: { sequence: number; replyTo: number | null },
): ProblemError | undefined {
  const refusal = writingRefusal(place);
  if (refusal) return refusal;
  const isSeen = replyTo === null || (replyTo < sequence && replyTo > place.hiddenThrough);
  return isSeen ? undefined : noSuchReply();
}

export const noSuchReply = (): ProblemError =>
  invalidValue('replyTo', 'must be the id of an earlier message of this conversation');

/** Unique, as the database has it. */
export const keyOf = ({
  conversationId,
  sender,
  idempotencyKey,
}: CheckedPost): string | undefined =>
  idempotencyKey === undefined ? undefined : `${conversationId} ${sender.userId} ${idempotencyKey}`;
