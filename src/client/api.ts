import type { Conversation, ConversationList, Message } from '../conversations/schemas.ts';
import type { MessageBatch, MessagePage, NewMessage, PageQuery } from '../messages/schemas.ts';
import type { Position, SyncAnswer } from '../sync/schemas.ts';
import type { Me, User, UserList } from '../users/schemas.ts';
import { DoorbellError } from './errors.ts';
import type { Call, Http } from './http.ts';
import type { Tokens } from './tokens.ts';

const get = (path: string, query: Call['query'] = {}): Call => ({ method: 'GET', path, query });

/** The REST calls, one attempt each. They read and write the server and leave what is held alone. */
export class Api {
  readonly #http: Http;
  readonly #tokens: Tokens;

  constructor(http: Http, tokens: Tokens) {
    this.#http = http;
    this.#tokens = tokens;
  }

  logout(): Promise<void> {
    return this.#send({ method: 'POST', path: '/auth/logout' });
  }

  listUsers(query: { search?: string; after?: string; limit?: number } = {}): Promise<UserList> {
    return this.#send(get('/users', query));
  }

  getMe(): Promise<Me> {
    return this.#send(get('/users/me'));
  }

  getUser(username: string): Promise<User> {
    return this.#send(get(`/users/${encodeURIComponent(username)}`));
  }

  listConversations(query: { before?: string; limit?: number } = {}): Promise<ConversationList> {
    return this.#send(get('/conversations', query));
  }

  getConversation(id: string): Promise<Conversation> {
    return this.#send(get(`/conversations/${encodeURIComponent(id)}`));
  }

  openDirect(username: string): Promise<Conversation> {
    const path = `/conversations/direct/${encodeURIComponent(username)}`;
    return this.#send({ method: 'PUT', path });
  }

  /** Positions are sequences; without one, the last messages. */
  listMessages(conversationId: string, query: PageQuery = {}): Promise<MessagePage> {
    return this.#send(get(messagesOf(conversationId), { ...query }));
  }

  getMessage(id: string): Promise<Message> {
    return this.#send(get(`/messages/${encodeURIComponent(id)}`));
  }

  /** Of 1 to 100 ids. */
  getMessages(ids: readonly string[]): Promise<MessageBatch> {
    return this.#send(get('/messages', { ids: ids.join(',') }));
  }

  /** With the same key again, the same message is answered and nothing is posted. */
  postMessage(conversationId: string, key: string, body: NewMessage): Promise<Message> {
    const headers = { 'idempotency-key': key };
    return this.#send({ method: 'POST', path: messagesOf(conversationId), headers, body });
  }

  sync(conversations: Record<string, Position>): Promise<SyncAnswer> {
    return this.#send({ method: 'POST', path: '/sync', body: { conversations } });
  }

  async #send<T>(call: Call): Promise<T> {
    const { accessToken } = await this.#tokens.access();
    try {
      return await this.#http.send(call, accessToken);
    } catch (error) {
      // Clocks differ and secrets change: a token that looks good here may have ended there.
      if (!(error instanceof DoorbellError && error.status === 401)) throw error;
      return this.#http.send(call, (await this.#tokens.other(accessToken)).accessToken);
    }
  }
}

const messagesOf = (conversationId: string): string =>
  `/conversations/${encodeURIComponent(conversationId)}/messages`;
