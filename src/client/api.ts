import type {
  Member,
  MemberList,
  MemberListQuery,
  NewRoom,
  RoomChanges,
  RoomList,
  RoomListQuery,
} from '../conversations/room-schemas.ts';
import type {
  Conversation,
  ConversationList,
  Message,
  Preferences,
  Role,
} from '../conversations/schemas.ts';
import type {
  MessageBatch,
  MessagePage,
  NewMessage,
  PageQuery,
  ReactorPage,
  ReactorQuery,
} from '../messages/schemas.ts';
import type { SearchAnswer, SearchQuery } from '../messages/search/schemas.ts';
import type { Position, SyncAnswer } from '../sync/schemas.ts';
import type { BlockListQuery, Me, User, UserList } from '../users/schemas.ts';
import { at, type Caller, del, get, patch, post, put } from './caller.ts';

/** The REST calls, one attempt each. They read and write the server and leave what is held alone. */
export class Api {
  readonly #send: Caller['send'];

  constructor(caller: Caller) {
    this.#send = (call) => caller.send(call);
  }

  logout(): Promise<void> {
    return this.#send(post('/auth/logout'));
  }

  logoutAll(): Promise<void> {
    return this.#send(post('/auth/logout-all'));
  }

  deleteAccount(): Promise<void> {
    return this.#send(del('/users/me'));
  }

  listUsers(query: { search?: string; after?: string; limit?: number } = {}): Promise<UserList> {
    return this.#send(get('/users', query));
  }

  getMe(): Promise<Me> {
    return this.#send(get('/users/me'));
  }

  getUser(username: string): Promise<User> {
    return this.#send(get(at`/users/${username}`));
  }

  block(username: string): Promise<void> {
    return this.#send(put(at`/users/${username}/block`));
  }

  unblock(username: string): Promise<void> {
    return this.#send(del(at`/users/${username}/block`));
  }

  listBlocked(query: BlockListQuery = {}): Promise<UserList> {
    return this.#send(get('/users/me/blocks', { ...query }));
  }

  /** `archived: 'true'` lists the archived ones and only those; without it they are left out. */
  listConversations(
    query: { archived?: 'true' | 'false'; before?: string; limit?: number } = {},
  ): Promise<ConversationList> {
    return this.#send(get('/conversations', query));
  }

  getConversation(id: string): Promise<Conversation> {
    return this.#send(get(at`/conversations/${id}`));
  }

  openDirect(username: string): Promise<Conversation> {
    return this.#send(put(at`/conversations/direct/${username}`));
  }

  /** Never moves back. Answers the conversation with the marker that stands. */
  markRead(conversationId: string, sequence: number): Promise<Conversation> {
    return this.#send(put(at`/conversations/${conversationId}/read`, { sequence }));
  }

  setPreferences(conversationId: string, preferences: Preferences): Promise<Conversation> {
    return this.#send(patch(at`/conversations/${conversationId}/preferences`, preferences));
  }

  /** The public ones. */
  listRooms(query: RoomListQuery = {}): Promise<RoomList> {
    return this.#send(get('/rooms', { ...query }));
  }

  createRoom(room: NewRoom): Promise<Conversation> {
    return this.#send(post('/conversations', room));
  }

  editRoom(id: string, changes: RoomChanges): Promise<Conversation> {
    return this.#send(patch(at`/conversations/${id}`, changes));
  }

  deleteRoom(id: string): Promise<void> {
    return this.#send(del(at`/conversations/${id}`));
  }

  listMembers(conversationId: string, query: MemberListQuery = {}): Promise<MemberList> {
    return this.#send(get(at`/conversations/${conversationId}/members`, { ...query }));
  }

  /** Adds somebody, or changes a role; with one's own name: joins. */
  putMember(conversationId: string, username: string, role?: Role): Promise<Member> {
    const body = role && { role };
    return this.#send(put(at`/conversations/${conversationId}/members/${username}`, body));
  }

  /** Removes somebody; with one's own name: leaves. */
  deleteMember(conversationId: string, username: string): Promise<void> {
    return this.#send(del(at`/conversations/${conversationId}/members/${username}`));
  }

  /** Positions are sequences; without one, the last messages. */
  listMessages(conversationId: string, query: PageQuery = {}): Promise<MessagePage> {
    return this.#send(get(at`/conversations/${conversationId}/messages`, { ...query }));
  }

  getMessage(id: string): Promise<Message> {
    return this.#send(get(at`/messages/${id}`));
  }

  /** Of 1 to 100 ids. */
  getMessages(ids: readonly string[]): Promise<MessageBatch> {
    return this.#send(get('/messages', { ids: ids.join(',') }));
  }

  /** With the same key again, the same message is answered and nothing is posted. */
  postMessage(conversationId: string, key: string, body: NewMessage): Promise<Message> {
    const call = post(at`/conversations/${conversationId}/messages`, body);
    return this.#send({ ...call, headers: { 'idempotency-key': key } });
  }

  editMessage(id: string, body: string): Promise<Message> {
    return this.#send(patch(at`/messages/${id}`, { body }));
  }

  /** A tombstone stays. */
  deleteMessage(id: string): Promise<void> {
    return this.#send(del(at`/messages/${id}`));
  }

  addReaction(messageId: string, emoji: string): Promise<Message> {
    return this.#send(put(at`/messages/${messageId}/reactions/${emoji}`));
  }

  removeReaction(messageId: string, emoji: string): Promise<Message> {
    return this.#send(del(at`/messages/${messageId}/reactions/${emoji}`));
  }

  listReactors(messageId: string, query: ReactorQuery = {}): Promise<ReactorPage> {
    return this.#send(get(at`/messages/${messageId}/reactions`, { ...query }));
  }

  searchMessages(query: SearchQuery): Promise<SearchAnswer> {
    return this.#send(get('/messages/search', { ...query }));
  }

  sync(conversations: Readonly<Record<string, Position>>): Promise<SyncAnswer> {
    return this.#send(post('/sync', { conversations }));
  }
}
