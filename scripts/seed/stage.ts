import type { Conversation, Head } from './conversations.ts';
import type { Corpus } from './corpus.ts';
import type { Person } from './people.ts';
import { type Told, tell } from './story.ts';

/** Messages of one transaction: other writers wait for it, so it must be short. */
export const BATCH = 2_000;
/** Milliseconds for each message, below which talk is too dense to be believed. */
const PACE = 30_000;

export interface World {
  seed: number;
  people: readonly Person[];
  talk: ReadonlyMap<string, Corpus>;
  now: number;
}

type Row = ReturnType<ReturnType<typeof rowOf>>;

/** A conversation on its way: what comes next after `head`, prepared before anybody has to wait for it. */
export interface Stage {
  conversation: Conversation;
  head: Head;
  story: Iterator<Row>;
  rows: Row[];
}

/** All that is planned after `head`. Takes a while, and is therefore done before the lock is taken. */
export function stageAfter(conversation: Conversation, head: Head, world: World): Stage {
  const { index, members, messages, endsAt } = conversation;
  const [one, other] = members.map((member) => world.people[member]);
  if (!one || !other) throw new Error(`conversation ${index} has members that nobody invented`);
  const from = head.updatedAt;
  // A later run may want more messages than fit before the planned end: then they go on until now.
  const enough = endsAt - from > (messages - head.lastSequence) * PACE;
  const to = enough ? endsAt : Math.max(from, world.now);
  const plot = { seed: world.seed, index, people: [one, other] as const, talk: world.talk };
  const story = tell(plot, { after: head.lastSequence, until: messages, from, to }).map(
    rowOf(conversation),
  );
  return { conversation, head, story, rows: take(story) };
}

export function nextStage({ conversation, head, story, rows }: Stage): Stage {
  return { conversation, head: headAfter(head, rows), story, rows: take(story) };
}

export const headAfter = (head: Head, rows: readonly Row[]): Head => ({
  lastSequence: head.lastSequence + rows.length,
  updatedAt: rows.at(-1)?.created_at ?? head.updatedAt,
});

function take(story: Iterator<Row>): Row[] {
  const rows: Row[] = [];
  while (rows.length < BATCH) {
    const { done, value } = story.next();
    if (done) break;
    rows.push(value);
  }
  return rows;
}

const rowOf =
  ({ id, userIds }: Conversation) =>
  (said: Told) => ({
    conversation_id: id,
    sequence: said.sequence,
    sender_id: userIds[said.speaker],
    body: said.body,
    reply_to: said.replyTo,
    version: 1,
    created_at: said.at,
  });
