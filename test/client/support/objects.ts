import type { Conversation, Message } from '../../../src/client/index.ts';

const AT = '2026-01-01T00:00:00.000Z';

export const messageOf = (sequence: number, rest: Partial<Message> = {}): Message => ({
  id: `1-${sequence}`,
  conversationId: '1',
  sequence,
  sender: 'ben',
  body: `message ${sequence}`,
  replyTo: null,
  attachments: [],
  reactions: [],
  createdAt: AT,
  editedAt: null,
  deletedAt: null,
  version: 1,
  ...rest,
});

export const conversationOf = (rest: Partial<Conversation> = {}): Conversation => ({
  id: '1',
  kind: 'direct',
  title: null,
  topic: null,
  visibility: 'private',
  history: 'all',
  role: 'member',
  memberCount: 2,
  maxMembers: 2,
  lastSequence: 0,
  version: 1,
  readSequence: 0,
  unread: 0,
  clearedThrough: 0,
  muted: false,
  archived: false,
  lastMessage: null,
  with: null,
  createdAt: AT,
  updatedAt: AT,
  ...rest,
});
