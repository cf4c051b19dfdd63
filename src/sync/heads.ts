import { compiledOnce } from '../core/compiled-once.ts';
import type { Database } from '../core/database.ts';
import { gather, type LookUp } from '../core/gather.ts';
import { padded } from '../core/padded.ts';

/** Users of one query: some have thousands of conversations, and others wait for what is read at once. */
const MOST_USERS = 32;

/** Where one of a user's conversations stands, for this user. */
export interface Head {
  id: number;
  lastSequence: number;
  /** Of the conversation, the same for all, and what this member alone changed; both only grow. */
  sharedVersion: number;
  viewVersion: number;
  /** The conversation's version when this membership began. */
  joinedVersion: number;
  /** Messages up to this one are not this member's to see. */
  hiddenThrough: number;
}

/** All of a user's, by id, ascending. */
export type FindHeads = LookUp<number, Head[]>;

/** When a crowd returns, everybody asks at once: they are answered together. */
export const headsFinder = (db: Database): FindHeads =>
  gather(
    async (userIds) => {
      const rows = await selectHeads(db, ...padded(userIds));
      const heads = Map.groupBy(rows, ({ userId }) => userId);
      return userIds.map((userId) => heads.get(userId));
    },
    { most: MOST_USERS },
  );

const selectHeads = compiledOnce((db, ...userIds: number[]) =>
  db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select([
      'members.user_id as userId',
      'conversations.id',
      'conversations.last_sequence as lastSequence',
      'conversations.version as sharedVersion',
      'members.view_version as viewVersion',
      'members.joined_version as joinedVersion',
      'members.hidden_through as hiddenThrough',
    ])
    .where('members.user_id', 'in', userIds)
    .orderBy('members.user_id')
    .orderBy('members.conversation_id'),
);

/** What the member knows as the conversation's version. */
export const versionOf = ({ sharedVersion, viewVersion }: Head): number =>
  sharedVersion + viewVersion;
