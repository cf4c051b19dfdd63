import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { toMessage } from '../conversations/message-view.ts';
import type { Recipients } from '../conversations/recipients.ts';
import type { Message } from '../conversations/schemas.ts';
import { compiledOnce } from '../core/compiled-once.ts';
import type { Trx } from '../core/database.ts';
import { isSqlite, takeSequence, writeInOrder } from '../core/dialect.ts';
import { reach } from '../core/failpoints.ts';
import { inThisOrder, type Numbers, numbersOf, numbersTable } from '../core/numbers-table.ts';
import { advancing, lockHeads } from './heads.ts';
import {
  type Accepted,
  type CheckedPost,
  isAccepted,
  keyOf,
  type Place,
  type Ruling,
  rulePosts,
} from './rule-posts.ts';

export type Outcome =
  | { kind: 'inserted'; message: Message; memberIds: readonly number[] }
  | Exclude<Ruling, { kind: 'accepted' }>;

/** Rolls back what was taken for posts of which none came to anything. */
export class NothingInserted extends Error {
  override readonly name = 'NothingInserted';
  readonly outcomes: readonly Outcome[];

  constructor(outcomes: readonly Outcome[]) {
    super('nothing was inserted');
    this.outcomes = outcomes;
  }
}

export interface Writing {
  looksForRepeats?: boolean;
  /** Told when all is on its way to the database, and nothing but COMMIT follows. */
  written?: () => void;
}

/**
 * Inserts posts in the order given, each as if it were alone: under the lock of its conversation, where membership is as
 * the members before this message left it, and where a repeat that runs at the same moment has waited and finds its
 * key taken. Resolves to what became of each; throws NothingInserted when nothing came of any, and, unless it
 * `looksForRepeats`, the database's own error when a key is taken: which of them it was, that does not say.
 */
export async function insertMessages(
  trx: Trx,
  recipients: Recipients,
  posts: readonly CheckedPost[],
  { looksForRepeats = false, written = () => {} }: Writing = {},
): Promise<Outcome[]> {
  const now = Date.now();
  const ids = [...new Set(posts.map(({ conversationId }) => conversationId))].sort(ascending);
  const isLone = posts.length === 1;
  const locked = isSqlite(trx) ? undefined : await takeHeads(trx, ids, { isLone, now });
  const places = await findPlaces(trx, posts);
  reach('after-sequence');
  const heads = locked ?? headsAt(places);
  const memberIds = await recipients.list(trx, standing(places, heads));
  const taken = looksForRepeats ? await findTaken(trx, posts) : new Set<string>();
  const skipsLocked = locked !== undefined && ids.length > 1;
  const ground = { heads, places, taken, skipsLocked, now };
  const rulings = await settleRefusals(trx, rulePosts(posts, ground));
  const outcomes = rulings.map((ruling) => outcomeOf(ruling, memberIds));
  const accepted = rulings.filter(isAccepted);
  if (accepted.length === 0) throw new NothingInserted(outcomes);
  const inserting = insertValues.compile(trx, ...accepted.flatMap(valuesOf));
  const isAdvanced = locked !== undefined && isLone;
  const rest = isAdvanced ? [] : [advancing(trx, countByConversation(accepted), now)];
  const writing = writeInOrder(trx, [inserting, ...rest], { isLast: true });
  written();
  reach('before-commit');
  await writing;
  return outcomes;
}

const ascending = (a: number, b: number): number => a - b;

/**
 * The last sequence of each conversation, which stays as it is until the transaction ends. A lone post does not pay for
 * the groups: it takes its sequence in one statement, where they lock, look and count. SQLite needs neither: there a
 * transaction has everything to itself.
 */
async function takeHeads(
  trx: Trx,
  ids: readonly number[],
  { isLone, now }: { isLone: boolean; now: number },
): Promise<Map<number, number>> {
  const [id] = ids;
  if (!isLone || id === undefined) return lockHeads(trx, ids, { skipLocked: ids.length > 1 });
  const sequence = await takeSequence(trx, id, now);
  return new Map(sequence === undefined ? [] : [[id, sequence - 1]]);
}

const headsAt = (places: readonly (Place | undefined)[]): Map<number, number> =>
  new Map(places.flatMap((place) => (place ? [[place.conversationId, place.lastSequence]] : [])));

/** Those in conversations that are held. */
const standing = (
  places: readonly (Place | undefined)[],
  heads: ReadonlyMap<number, number>,
): Place[] =>
  places.filter((place) => place !== undefined).filter((place) => heads.has(place.conversationId));

/** Of each post; undefined where its sender is no member. */
async function findPlaces(trx: Trx, posts: readonly CheckedPost[]): Promise<(Place | undefined)[]> {
  const places: (Place | undefined)[] = new Array(posts.length);
  const asked = posts.map(({ conversationId, sender }, at) => [at, conversationId, sender.userId]);
  for (const { at, ...place } of await selectPlaces(trx, ...numbersOf(trx, asked)))
    places[at] = place;
  return places;
}

const selectPlaces = compiledOnce((trx, ...numbers: Numbers) =>
  trx
    .selectFrom(numbersTable(trx, ['at', 'conversation_id', 'user_id'], numbers))
    .modifyFront(inThisOrder(trx))
    .crossJoin('members')
    .crossJoin('conversations')
    .whereRef('members.conversation_id', '=', 'asked.conversation_id')
    .whereRef('members.user_id', '=', 'asked.user_id')
    .whereRef('conversations.id', '=', 'asked.conversation_id')
    .select([
      'asked.at',
      'members.conversation_id as conversationId',
      'members.hidden_through as hiddenThrough',
      'conversations.last_sequence as lastSequence',
      'conversations.blocked',
      'conversations.version as conversationVersion',
    ]),
);

/** What has come since a post may not refuse its repeat, as long as the sender is a member. */
async function settleRefusals(trx: Trx, rulings: readonly Ruling[]): Promise<Ruling[]> {
  const refused = rulings.filter(isMembersRefusal).map(({ post }) => post);
  const taken = await findTaken(trx, refused);
  return rulings.map((ruling) => {
    const key = keyOf(ruling.post);
    const isRepeat = isMembersRefusal(ruling) && key !== undefined && taken.has(key);
    return isRepeat ? { post: ruling.post, kind: 'repeated' } : ruling;
  });
}

const isMembersRefusal = (ruling: Ruling): boolean =>
  ruling.kind === 'refused' && ruling.problem.code !== 'not_found';

/** Which of their keys have made a message. */
async function findTaken(trx: Trx, posts: readonly CheckedPost[]): Promise<Set<string>> {
  const keyed = posts.flatMap(({ conversationId, sender, idempotencyKey }) =>
    idempotencyKey === undefined ? [] : [{ conversationId, sender, idempotencyKey }],
  );
  if (keyed.length === 0) return new Set();
  const rows = await trx
    .selectFrom('messages')
    .select(['conversation_id', 'sender_id', 'idempotency_key'])
    .where((eb) =>
      eb.or(
        keyed.map(({ conversationId, sender, idempotencyKey }) =>
          eb.and([
            eb('conversation_id', '=', conversationId),
            eb('sender_id', '=', sender.userId),
            eb('idempotency_key', '=', idempotencyKey),
          ]),
        ),
      ),
    )
    .execute();
  return new Set(
    rows.map((row) => `${row.conversation_id} ${row.sender_id} ${row.idempotency_key}`),
  );
}

const COLUMNS = [
  'conversation_id',
  'sequence',
  'sender_id',
  'body',
  'reply_to',
  'idempotency_key',
  'request_hash',
  'version',
  'created_at',
] as const;

const valuesOf = ({ post, sequence, now }: Accepted): Value[] => [
  post.conversationId,
  sequence,
  post.sender.userId,
  post.body,
  post.replyTo,
  post.idempotencyKey ?? null,
  post.idempotencyKey === undefined ? null : hashOfPost(post),
  1,
  now,
];

type Value = string | number | null | Buffer;

const insertValues = compiledOnce((trx, ...values: Value[]) =>
  trx
    .insertInto('messages')
    .columns(COLUMNS)
    .expression(
      sql`values ${sql.join(Array.from(rowsOf(values), (row) => sql`(${sql.join(row)})`))}`,
    ),
);

function* rowsOf(values: readonly Value[]): Generator<Value[]> {
  for (let at = 0; at < values.length; at += COLUMNS.length)
    yield values.slice(at, at + COLUMNS.length);
}

const rowOf = ({ post, sequence, now }: Accepted) => ({
  conversation_id: post.conversationId,
  sequence,
  body: post.body,
  reply_to: post.replyTo,
  version: 1,
  created_at: now,
  edited_at: null,
  deleted_at: null,
  reacted: 0,
});

function outcomeOf(ruling: Ruling, memberIds: ReadonlyMap<number, readonly number[]>): Outcome {
  if (!isAccepted(ruling)) return ruling;
  const { post } = ruling;
  return {
    kind: 'inserted',
    message: toMessage({ ...rowOf(ruling), sender: post.sender.username }),
    memberIds: memberIds.get(post.conversationId) ?? [],
  };
}

const countByConversation = (accepted: readonly Accepted[]): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const { post } of accepted) {
    counts.set(post.conversationId, (counts.get(post.conversationId) ?? 0) + 1);
  }
  return counts;
};

/** What was asked for, so that a different message under the same key is noticed even after an edit. */
export const hashOfPost = ({ body, replyTo }: Pick<CheckedPost, 'body' | 'replyTo'>): Buffer =>
  hash('sha256', `${replyTo ?? ''}\n${body}`, 'buffer');
