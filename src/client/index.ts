export type {
  AdminHealth,
  AdminRoomList,
  AdminRoomQuery,
  AdminUser,
  AdminUserList,
  AdminUserQuery,
  AuditAct,
  AuditPage,
  AuditQuery,
  Counts,
  UserChanges,
} from '../admin/schemas.ts';
export type {
  Member,
  MemberList,
  MemberListQuery,
  NewRoom,
  RoomChanges,
  RoomList,
  RoomListQuery,
} from '../conversations/room-schemas.ts';
export type {
  Conversation,
  ConversationList,
  Message,
  Preferences,
  Reaction,
  Role,
} from '../conversations/schemas.ts';
export type {
  MessageBatch,
  MessagePage,
  PageQuery,
  ReactorPage,
  ReactorQuery,
} from '../messages/schemas.ts';
export type {
  FoundMessage,
  Highlight,
  SearchAnswer,
  SearchQuery,
} from '../messages/search/schemas.ts';
export type {
  BlockListQuery,
  Me,
  ProfileChanges,
  RegisterBody,
  SessionList,
  User,
  UserList,
} from '../users/schemas.ts';
export type { AccountApi } from './account-api.ts';
export type { AdminApi } from './admin-api.ts';
export type { Api } from './api.ts';
export { Doorbell } from './doorbell.ts';
export { DoorbellError } from './errors.ts';
export type { DoorbellEvents, DoorbellState } from './events.ts';
export { makeIdempotencyKey } from './idempotency-key.ts';
export { initialsOf } from './initials.ts';
export type { Kept, KeptConversation, KeptRange, KeptRung, KeptStore } from './kept-store.ts';
export type { DoorbellOptions } from './options.ts';
export type { PendingPost } from './post-queue.ts';
export type { PushApi } from './push-api.ts';
export { memoryTokenStore, type StoredTokens, type TokenStore } from './stored-tokens.ts';
