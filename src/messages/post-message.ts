import type { Recipients } from '../conversations/recipients.ts';
import type { Viewer } from '../core/authenticate.ts';
import { reach } from '../core/failpoints.ts';
import { parseMessageId } from '../core/ids.ts';
import { notFound, ProblemError } from '../core/problems.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import type { Contents } from './contents.ts';
import { hashOfPost, type Outcome } from './insert-messages.ts';
import { keepPostGroups } from './post-groups.ts';
import { findByIdempotencyKey } from './read-messages.ts';
import { type CheckedPost, noSuchReply } from './rule-posts.ts';
import type { NewMessage } from './schemas.ts';
import { listViewerIds } from './viewers.ts';

interface Post extends NewMessage {
  conversationId: number | undefined;
  /** Without one, every call posts. */
  idempotencyKey: string | undefined;
}

interface Posted {
  id: string;
  /** The message, as whoever posts it sees it. */
  json: string;
  /** False when the key was used before: this is the message that it made. */
  created: boolean;
}

/**
 * Stores a message and rings for it. Resolves after commit and after announcing; a repeat with the
 * same key resolves to the same message and announces again, because the first call may have died
 * in between; for whoever never repeats, `resyncLater` makes up. Throws a 404 to whoever is not a member, a 403 when one
 * of the two has blocked the other, and a 422 when the key made another message.
 */
export type PostMessage = (viewer: Viewer, post: Post) => Promise<Posted>;

interface Parts extends RingParts {
  recipients: Recipients;
  contents: Pick<Contents, 'warm'>;
}

/** One for the whole process: it gathers what is posted at the same moment. */
export function messagePoster(parts: Parts): PostMessage {
  const insert = keepPostGroups(parts);
  return async (viewer, post) => {
    const checked = checkPost(viewer, post);
    const outcome = await insert(checked);
    if (outcome.kind === 'refused') throw outcome.problem;
    const { memberIds, ...posted } =
      outcome.kind === 'inserted'
        ? kept(parts.contents, outcome)
        : await findRepeated(parts, checked);
    await parts.announce('message.created', posted.id, memberIds);
    reach('after-announcement');
    return posted;
  };
}

type PostedTo = Posted & { memberIds: readonly number[] };

const kept = (
  contents: Parts['contents'],
  { message, memberIds }: Outcome & { kind: 'inserted' },
): PostedTo => ({ id: message.id, json: contents.warm(message), created: true, memberIds });

function checkPost(viewer: Viewer, post: Post): CheckedPost {
  const { conversationId, idempotencyKey } = post;
  if (conversationId === undefined) throw notFound();
  const replyTo = parseReplyTo(post);
  return { sender: viewer, conversationId, body: post.body.trim(), replyTo, idempotencyKey };
}

function parseReplyTo({ replyTo, conversationId }: Post): number | null {
  if (replyTo === undefined || replyTo === null) return null;
  const key = parseMessageId(replyTo);
  if (key?.conversationId !== conversationId) throw noSuchReply();
  return key?.sequence ?? null;
}

async function findRepeated({ db }: Pick<RingParts, 'db'>, post: CheckedPost): Promise<PostedTo> {
  const { conversationId, sender, idempotencyKey = '' } = post;
  const found = await findByIdempotencyKey(db, conversationId, sender.userId, idempotencyKey);
  if (!found) throw notFound();
  if (!found.requestHash?.equals(hashOfPost(post)))
    throw new ProblemError('idempotency_key_reused');
  const { message } = found;
  const memberIds = await listViewerIds(db, conversationId, message.sequence);
  return { id: message.id, json: JSON.stringify(message), created: false, memberIds };
}
