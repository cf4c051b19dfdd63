import type {
  Member,
  MemberList,
  MemberListQuery,
  NewRoom,
  RoomChanges,
} from '../conversations/room-schemas.ts';
import type { Conversation, Message, Preferences, Role } from '../conversations/schemas.ts';
import type { Me, RegisterBody } from '../users/schemas.ts';
import { Account } from './account.ts';
import type { AccountApi } from './account-api.ts';
import type { AdminApi } from './admin-api.ts';
import type { Api } from './api.ts';
import type { DoorbellEvents, DoorbellState } from './events.ts';
import { makeIdempotencyKey } from './idempotency-key.ts';
import type { DoorbellOptions } from './options.ts';
import type { PendingPost } from './post-queue.ts';
import type { PushApi } from './push-api.ts';
import type { Session } from './session.ts';

/**
 * A client of one Doorbell server, for one user at a time. It holds the conversations and, of each,
 * one unbroken run of messages up to the newest, and keeps them complete while connected; those alone that are
 * on screen, once showOnly() has told which are. What a call changes is held as changed when the call resolves.
 */
export class Doorbell {
  /** Plain calls, for all that is not held. */
  readonly api: Api;
  /** One's own profile, password, address and devices. */
  readonly account: AccountApi;
  /** For admins alone; `me.role` tells who is one. */
  readonly admin: AdminApi;
  /** Having this device reached by Web Push. */
  readonly push: PushApi;
  readonly #account: Account;
  readonly #makeKey: () => string;

  constructor(options: DoorbellOptions) {
    this.#account = new Account(options);
    this.#makeKey = options.makeKey ?? makeIdempotencyKey;
    this.api = this.#account.api;
    this.account = this.#account.accountApi;
    this.admin = this.#account.adminApi;
    this.push = this.#account.pushApi;
  }

  get state(): DoorbellState {
    return this.#account.state;
  }

  /** Who is signed in; undefined too before restore() or connect() has read the token store. */
  get me(): Me | undefined {
    return this.#account.me;
  }

  /** Returns the function that unsubscribes. */
  on<E extends keyof DoorbellEvents>(
    event: E,
    listener: (value: DoorbellEvents[E]) => void,
  ): () => void {
    return this.#account.events.on(event, listener);
  }

  /** Makes an account and signs in. */
  register(account: RegisterBody): Promise<Me> {
    return this.#account.register(account);
  }

  /** With the username or the e-mail address. Ends the sign-in that was there before. */
  login(username: string, password: string): Promise<Me> {
    return this.#account.login(username, password);
  }

  /**
   * Takes up the sign-in of the token store, or of the cookie; undefined when there is none. When the server, which
   * alone can read the cookie, does not answer, it is that of whoever the store holds something of, else it rejects.
   */
  restore(): Promise<Me | undefined> {
    return this.#account.restore();
  }

  /**
   * Forgets the sign-in in any case, unless a cookie keeps it; rejects when the server could not be told.
   */
  logout(): Promise<void> {
    return this.#account.logout();
  }

  /** On all devices, this one too; rejects, and forgets nothing, when the server could not be told. */
  logoutAll(): Promise<void> {
    return this.#account.logoutAll();
  }

  /** For good. Rejects, and forgets nothing, when the server could not be told or refuses. */
  deleteAccount(): Promise<void> {
    return this.#account.deleteAccount();
  }

  /**
   * Opens the socket and catches up; resolves when everything is held. From then on, until close(), it
   * stays connected through every failure. Rejects only when there is no sign-in, or with close().
   */
  connect(): Promise<void> {
    return this.#account.connect();
  }

  /** The network is back, or the program is in front again: does not wait with the next attempt to connect. */
  hurry(): void {
    this.#held?.hurry();
  }

  /** Stops all traffic. What is held and pending stays, for the next connect(). */
  close(): void {
    this.#account.close();
  }

  /** Latest activity first, the archived ones among them. */
  conversations(): Conversation[] {
    return this.#held?.replica.conversations() ?? [];
  }

  conversation(id: string): Conversation | undefined {
    return this.#held?.replica.conversation(id);
  }

  /** Opens or finds the direct conversation with this user; with oneself: notes. */
  async openDirect(username: string): Promise<Conversation> {
    return (await this.#session()).rooms.openDirect(username);
  }

  async createRoom(room: NewRoom): Promise<Conversation> {
    return (await this.#session()).rooms.create(room);
  }

  async editRoom(id: string, changes: RoomChanges): Promise<Conversation> {
    return (await this.#session()).rooms.edit(id, changes);
  }

  async deleteRoom(id: string): Promise<void> {
    return (await this.#session()).rooms.delete(id);
  }

  /** A public room. */
  async join(id: string): Promise<Conversation> {
    return (await this.#session()).rooms.join(id);
  }

  async leave(id: string): Promise<void> {
    return (await this.#session()).rooms.leave(id);
  }

  /** As an ordinary member unless another role is given. */
  async addMember(id: string, username: string, role?: Role): Promise<Member> {
    return (await this.#session()).rooms.putMember(id, username, role);
  }

  async removeMember(id: string, username: string): Promise<void> {
    return (await this.#session()).rooms.removeMember(id, username);
  }

  async setRole(id: string, username: string, role: Role): Promise<Member> {
    return (await this.#session()).rooms.putMember(id, username, role);
  }

  /** A page of them as the server has them now: members are not held. */
  listMembers(id: string, query: MemberListQuery = {}): Promise<MemberList> {
    return this.api.listMembers(id, query);
  }

  /** One's own view of a conversation, of which nobody else hears. */
  async setPreferences(id: string, preferences: Preferences): Promise<Conversation> {
    return (await this.#session()).rooms.setPreferences(id, preferences);
  }

  /**
   * Shows the conversation as read up to this sequence, else up to the newest message that is held, and tells the
   * server, however long that takes. Never moves back. Rejects only when there is no sign-in.
   */
  async markRead(id: string, sequence?: number): Promise<void> {
    // Without awaiting when signed in, like post().
    const session = this.#held ?? (await this.#session());
    session.markRead(id, sequence);
  }

  /** To be called with every key: it is passed on at most once in three seconds, and only while connected. */
  typing(conversationId: string): void {
    this.#held?.typing.report(conversationId);
  }

  /** Those that are held: an unbroken run, ascending, that ends with the newest; see showOnly(). */
  messages(conversationId: string): Message[] {
    return this.#held?.replica.range(conversationId)?.list() ?? [];
  }

  /** Whether there are messages before the held ones. */
  hasOlder(conversationId: string): boolean {
    return this.#held?.replica.range(conversationId)?.hasOlder ?? false;
  }

  /**
   * Tells which conversations are on screen; until then all are taken to be. Of the others no message is fetched: what
   * rings moves them up and raises their count of unread messages, which may count own posts of another device and
   * deleted messages until the server next answers for the conversation. What is missing is fetched as soon as the
   * conversation is on screen; of more than 500 messages, the last ones.
   *
   * `listed`: those whose last lines are on screen, which are kept up at leisure; a page that is hidden lists none.
   */
  async showOnly(
    conversationIds: Iterable<string>,
    { listed = [] }: { listed?: Iterable<string> } = {},
  ): Promise<void> {
    (await this.#session()).looks.showOnly(conversationIds, listed);
  }

  /**
   * For showing a conversation, which is on screen from here on until showOnly() leaves it out: fetches the last
   * messages the first time, and what is missing. Resolves with all that are held.
   */
  async loadLast(conversationId: string): Promise<Message[]> {
    return (await this.#session()).history.loadLast(conversationId);
  }

  /** One page back. Resolves with the messages of that page; none when there are no older ones. */
  async loadOlder(conversationId: string): Promise<Message[]> {
    return (await this.#session()).history.loadOlder(conversationId);
  }

  /**
   * Posts exactly once and in order, however long that takes: pending() lists it until the server has
   * answered. Rejects when the server refuses the message, or at sign-out. A program that may be
   * ended in between gives its own `key` and repeats the call with it, or has a store that does: see `postRefused`.
   */
  async post(
    conversationId: string,
    body: string,
    { replyTo = null, key = this.#makeKey() }: { replyTo?: string | null; key?: string } = {},
  ): Promise<Message> {
    // Without awaiting when signed in: the next line of the caller finds it pending.
    const session = this.#held ?? (await this.#session());
    return session.post({ conversationId, key, body, replyTo });
  }

  /** Posted here but not acknowledged yet, in order. */
  pending(conversationId: string): PendingPost[] {
    return this.#held?.outbox.pending(conversationId) ?? [];
  }

  /** A message of one's own. */
  async edit(messageId: string, body: string): Promise<Message> {
    return (await this.#session()).revisions.edit(messageId, body);
  }

  /** Deletes a message; its tombstone stays. */
  async remove(messageId: string): Promise<void> {
    return (await this.#session()).revisions.remove(messageId);
  }

  async react(messageId: string, emoji: string): Promise<Message> {
    return (await this.#session()).revisions.react(messageId, emoji);
  }

  async unreact(messageId: string, emoji: string): Promise<Message> {
    return (await this.#session()).revisions.unreact(messageId, emoji);
  }

  get #held(): Session | undefined {
    return this.#account.current;
  }

  #session(): Promise<Session> {
    return this.#account.session();
  }
}
