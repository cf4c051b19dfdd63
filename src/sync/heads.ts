import type { Database } from '../core/database.ts';

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

export const listHeads = (db: Database, userId: number): Promise<Head[]> =>
  db
    .selectFrom('members')
    .innerJoin('conversations', 'conversations.id', 'members.conversation_id')
    .select([
      'conversations.id',
      'conversations.last_sequence as lastSequence',
      'conversations.version as sharedVersion',
      'members.view_version as viewVersion',
      'members.joined_version as joinedVersion',
      'members.hidden_through as hiddenThrough',
    ])
    .where('members.user_id', '=', userId)
    .orderBy('conversations.id')
    .execute();

/** What the member knows as the conversation's version. */
export const versionOf = ({ sharedVersion, viewVersion }: Head): number =>
  sharedVersion + viewVersion;
