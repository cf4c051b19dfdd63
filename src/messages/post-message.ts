import { createHash } from 'node:crypto';
import { toMessage } from '../conversations/message-view.ts';
import type { Message } from '../conversations/schemas.ts';
import { requireWritable } from '../conversations/writable.ts';
import type { Viewer } from '../core/authenticate.ts';
import { type Database, type Trx, transact } from '../core/database.ts';
import { isDuplicateKey, takeSequence } from '../core/dialect.ts';
import { reach } from '../core/failpoints.ts';
import { parseMessageId } from '../core/ids.ts';
import { invalidValue, notFound, ProblemError } from '../core/problems.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { findByIdempotencyKey } from './read-messages.ts';
import type { NewMessage } from './schemas.ts';
import { listViewerIds } from './viewers.ts';

export interface Post extends NewMessage {
  conversationId: number | undefined;
  /** Without one, every call posts. */
  idempotencyKey: string | undefined;
}

export interface Posted {
  message: Message;
  /** False when the key was used before: this is the message that it made. */
  created: boolean;
}

/**
 * Stores a message and rings for it. Resolves after commit and after announcing; a repeat with the
 * same key resolves to the same message and announces again, because the first call may have died
 * in between; for whoever never repeats, `resyncLater` makes up. Throws a 404 to whoever is not a member, a 403 when one
 * of the two has blocked the other, and a 422 when the key made another message.
 */
export async function postMessage(parts: RingParts, viewer: Viewer, post: Post): Promise<Posted> {
  const { conversationId } = post;
  if (conversationId === undefined) throw notFound();
  const checked = { ...post, conversationId, body: post.body.trim(), replyTo: parseReplyTo(post) };
  const { memberIds, ...posted } =
    (await insertMessage(parts, viewer, checked)) ??
    (await findRepeated(parts.db, viewer, checked));
  await parts.announce('message.created', posted.message.id, memberIds);
  reach('after-announcement');
  return posted;
}

interface CheckedPost {
  conversationId: number;
  body: string;
  /** Sequence, in the same conversation. */
  replyTo: number | null;
  idempotencyKey: string | undefined;
}

type Outcome = Posted & { memberIds: number[] };

/** Undefined when the key has made a message before; nothing is then changed. */
async function insertMessage(
  { db, resyncLater }: RingParts,
  viewer: Viewer,
  post: CheckedPost,
): Promise<Outcome | undefined> {
  try {
    const outcome = await transact(
      db,
      (trx) => insertNext(trx, viewer, post),
      ({ memberIds }) => resyncLater(memberIds),
    );
    reach('after-commit');
    return outcome;
  } catch (error) {
    if (isDuplicateKey(error) && post.idempotencyKey !== undefined) return undefined;
    throw error;
  }
}

/**
 * Under the lock that comes with the sequence: membership is as the members before this message
 * left it, and a repeat that runs at the same moment waits here and then finds its key taken.
 */
async function insertNext(trx: Trx, viewer: Viewer, post: CheckedPost): Promise<Outcome> {
  const { conversationId, body, replyTo } = post;
  const now = Date.now();
  const sequence = await takeSequence(trx, conversationId, now);
  if (sequence === undefined) throw notFound();
  reach('after-sequence');
  const members = await listRecipients(trx, conversationId);
  const sender = members.find(({ user_id }) => user_id === viewer.userId);
  if (!sender) throw notFound();
  const row = {
    conversation_id: conversationId,
    sequence,
    body,
    reply_to: replyTo,
    version: 1,
    created_at: now,
    edited_at: null,
    deleted_at: null,
    reacted: 0,
  };
  await trx
    .insertInto('messages')
    .values({
      ...row,
      sender_id: viewer.userId,
      idempotency_key: post.idempotencyKey ?? null,
      request_hash: post.idempotencyKey === undefined ? null : hashOf(post),
    })
    .execute();
  reach('before-commit');
  // Not before: what has come since may not refuse a repeat, which has found its key taken by now.
  requireAllowed(sender, row);
  const memberIds = members.map(({ user_id }) => user_id);
  return { message: toMessage({ ...row, sender: viewer.username }), created: true, memberIds };
}

/** Throws a 403 after a block, a 409 when the other one is deleted, and a 400 for a reply to what is not there for the sender. */
function requireAllowed(
  sender: { blocked: number; hidden_through: number },
  { sequence, reply_to: replyTo }: { sequence: number; reply_to: number | null },
): void {
  requireWritable(sender);
  const isSeen = replyTo === null || (replyTo < sequence && replyTo > sender.hidden_through);
  if (!isSeen) throw noSuchReply();
}

const listRecipients = (trx: Trx, conversationId: number) =>
  trx
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select(['members.user_id', 'members.hidden_through', 'conversations.blocked'])
    .where('members.conversation_id', '=', conversationId)
    .execute();

async function findRepeated(db: Database, viewer: Viewer, post: CheckedPost): Promise<Outcome> {
  const { conversationId, idempotencyKey = '' } = post;
  const found = await findByIdempotencyKey(db, conversationId, viewer.userId, idempotencyKey);
  if (!found) throw notFound();
  if (!found.requestHash?.equals(hashOf(post))) throw new ProblemError('idempotency_key_reused');
  const memberIds = await listViewerIds(db, conversationId, found.message.sequence);
  return { message: found.message, created: false, memberIds };
}

/** What was asked for, so that a different message under the same key is noticed even after an edit. */
const hashOf = ({ body, replyTo }: CheckedPost): Buffer =>
  createHash('sha256')
    .update(`${replyTo ?? ''}\n${body}`)
    .digest();

function parseReplyTo({ replyTo, conversationId }: Post): number | null {
  if (replyTo === undefined || replyTo === null) return null;
  const key = parseMessageId(replyTo);
  if (key?.conversationId !== conversationId) throw noSuchReply();
  return key?.sequence ?? null;
}

const noSuchReply = (): ProblemError =>
  invalidValue('replyTo', 'must be the id of an earlier message of this conversation');
