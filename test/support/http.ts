import { recordBody } from './recorder.ts';
import { openSocket, type TestSocket } from './socket.ts';

/** Whatever the server said; tests check it as they read it. */
type Json = ReturnType<typeof JSON.parse>;

interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

interface RequestOptions {
  token?: string | undefined;
  headers?: Record<string, string>;
  json?: unknown;
}

export const PASSWORD = 'a password for tests';

export interface Api {
  url: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Registers `<name>`, and signs in by it. */
  signUp(name: string): Promise<TestUser>;
}

export type TestUser = ReturnType<typeof testUser>;

/** The REST interface of a server, and its users, for tests. Paths are below /api/v1. */
export function api(url: string): Api {
  const request: Api['request'] = async (method, path, { token, headers, json } = {}) => {
    const response = await fetch(path.startsWith('/health') ? url + path : `${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  };

  const signUp: Api['signUp'] = async (name) => {
    const { status, body } = await request('POST', '/auth/register', {
      json: { username: name, email: `${name}@example.org`, password: PASSWORD },
    });
    if (status !== 201) throw new Error(`register ${name}: ${status} ${JSON.stringify(body)}`);
    return testUser(url, request, name, body);
  };
  return { url, request, signUp };
}

/** One signed-in user; the same user at another process of the installation by `at`. */
function testUser(
  url: string,
  request: Api['request'],
  username: string,
  tokens: { accessToken: string; refreshToken: string },
) {
  const call =
    (method: string) =>
    (path: string, options: RequestOptions = {}) =>
      request(method, path, { token: tokens.accessToken, ...options });
  const get = call('GET');
  const put = call('PUT');
  const post = call('POST');
  const patch = call('PATCH');
  return {
    username,
    ...tokens,
    get,
    put,
    post,
    patch,
    delete: call('DELETE'),
    at: (other: Api) => testUser(other.url, other.request, username, tokens),
    socket: (options?: Parameters<typeof openSocket>[2]): Promise<TestSocket> =>
      openSocket(url, tokens.accessToken, options),
    /** Id of the direct conversation with a user. */
    async open(other: string): Promise<string> {
      return (await put(`/conversations/direct/${other}`)).body.id;
    },
    /** Id of a new room of this user. */
    async createRoom(title: string, options: object = {}): Promise<string> {
      const { status, body } = await post('/conversations', { json: { title, ...options } });
      if (status !== 201) throw new Error(`room ${title}: ${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    postMessage(conversationId: string, body: unknown, key?: string) {
      recordBody(body);
      const headers = key === undefined ? {} : { 'idempotency-key': key };
      return post(`/conversations/${conversationId}/messages`, { json: { body }, headers });
    },
    /** Everything of a conversation, read afresh from its end back to its beginning. */
    async readAll(conversationId: string): Promise<Json[]> {
      const all: Json[] = [];
      for (let before = ''; ; before = `&before=${all[0].sequence}`) {
        const { body } = await get(`/conversations/${conversationId}/messages?limit=100${before}`);
        all.unshift(...body.messages);
        if (!body.hasBefore) return all;
      }
    },
  };
}
