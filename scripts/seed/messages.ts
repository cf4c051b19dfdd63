import { type Database, type Trx, transact } from '../../src/core/database.ts';
import type { Conversation, Head } from './conversations.ts';
import { readPosition } from './plan.ts';
import { BATCH, headAfter, nextStage, type Stage, stageAfter, type World } from './stage.ts';

/** Messages of one statement. */
const ROWS = 500;
/** Conversations of one transaction; each costs up to three statements more. */
const GROUP = 100;

/**
 * Adds what is missing to the planned counts, and tells after each commit how many messages it
 * brought. Sequences are gapless whatever else is posted meanwhile.
 */
export async function* addMessages(
  db: Database,
  conversations: readonly Conversation[],
  world: World,
): AsyncGenerator<number, void> {
  for (const group of groupsOf(conversations.filter((one) => missingOf(one) > 0))) {
    let stages = group.map((conversation) => stageAfter(conversation, conversation, world));
    while (stages.length > 0) {
      const written = await transact(db, (trx) => writeStages(trx, stages, world));
      yield written.reduce((sum, { rows }) => sum + rows.length, 0);
      stages = written.map(nextStage).filter(({ rows }) => rows.length > 0);
    }
  }
}

const missingOf = ({ messages, lastSequence }: Conversation): number => messages - lastSequence;

/** Small ones together, in the order of their ids: whoever locks several rows must keep one order. */
function groupsOf(conversations: readonly Conversation[]): Conversation[][] {
  const groups: Conversation[][] = [];
  let room = 0;
  for (const conversation of conversations) {
    const group = groups.at(-1);
    if (group && group.length < GROUP && missingOf(conversation) <= room) group.push(conversation);
    else {
      groups.push([conversation]);
      room = BATCH;
    }
    room -= missingOf(conversation);
  }
  return groups;
}

/**
 * Under the lock of all its conversations. Where somebody else has posted since a stage was
 * prepared, it is prepared again from where the conversation now stands.
 */
async function writeStages(trx: Trx, prepared: readonly Stage[], world: World): Promise<Stage[]> {
  const heads = await lockHeads(
    trx,
    prepared.map(({ conversation }) => conversation.id),
  );
  const stages = prepared.map((stage) => {
    const head = heads.get(stage.conversation.id) ?? stage.head;
    return head.lastSequence === stage.head.lastSequence
      ? stage
      : stageAfter(stage.conversation, head, world);
  });
  const rows = stages.flatMap((stage) => stage.rows);
  for (let start = 0; start < rows.length; start += ROWS) {
    await trx
      .insertInto('messages')
      .values(rows.slice(start, start + ROWS))
      .execute();
  }
  for (const stage of stages) await moveOn(trx, stage, world);
  return stages;
}

/** A write from the start: SQLite, too, then waits for its turn instead of failing later. */
async function lockHeads(trx: Trx, ids: number[]): Promise<Map<number, Head>> {
  await trx
    .updateTable('conversations')
    .set((eb) => ({ last_sequence: eb.ref('last_sequence') }))
    .where('id', 'in', ids)
    .execute();
  const rows = await trx
    .selectFrom('conversations')
    .select(['id', 'last_sequence as lastSequence', 'updated_at as updatedAt'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, ...head }) => [id, head]));
}

async function moveOn(
  trx: Trx,
  { conversation, head, rows }: Stage,
  { seed }: World,
): Promise<void> {
  const last = rows.at(-1);
  if (!last) return;
  const { lastSequence, updatedAt } = headAfter(head, rows);
  await trx
    .updateTable('conversations')
    .set({ last_sequence: lastSequence, updated_at: updatedAt })
    .where('id', '=', conversation.id)
    .execute();
  if (lastSequence < conversation.messages) return;
  for (const [member, userId] of conversation.userIds.entries()) {
    const read =
      userId === last.sender_id
        ? lastSequence
        : readPosition(seed, conversation.index, member, lastSequence);
    await trx
      .updateTable('members')
      .set({ read_sequence: read })
      .where('conversation_id', '=', conversation.id)
      .where('user_id', '=', userId)
      .where('read_sequence', '<', read)
      .execute();
  }
}
