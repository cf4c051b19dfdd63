import { DoorbellError, unreachable } from './errors.ts';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

interface HttpOptions {
  url: string;
  fetch: typeof globalThis.fetch;
  timeoutMilliseconds: number;
  /** Of browsers: whether cookies go along to another origin. */
  credentials?: NonNullable<RequestInit['credentials']>;
}

/** One call, one attempt: sends it and turns whatever is not a success into a DoorbellError. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async send<T>(call: Call, token?: string): Promise<T> {
    const { response, text } = await this.#exchange(call, token);
    const body = parse(text);
    if (!response.ok) throw refusal(response, body);
    // A captive portal and some proxies answer 200 with a page of their own.
    if (body === undefined && text !== '') throw unreachable('The answer is not JSON.');
    return body as T;
  }

  async #exchange(call: Call, token?: string): Promise<{ response: Response; text: string }> {
    try {
      const response = await this.#options.fetch(
        this.#options.url + call.path + search(call.query),
        {
          method: call.method,
          headers: headers(call, token),
          credentials: this.#options.credentials ?? 'same-origin',
          signal: AbortSignal.timeout(this.#options.timeoutMilliseconds),
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        },
      );
      return { response, text: await response.text() };
    } catch (error) {
      throw unreachable('The server did not answer.', error);
    }
  }
}

const headers = (call: Call, token?: string): Record<string, string> => ({
  ...call.headers,
  ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

const search = (query: Call['query'] = {}): string => {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return text.length === 0 ? '' : `?${text.join('&')}`;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const refusal = (response: Response, body: unknown): DoorbellError =>
  new DoorbellError({
    code: 'unexpected_answer',
    detail: `The server answered ${response.status}.`,
    ...(typeof body === 'object' ? body : {}),
    status: response.status,
    retryAfter: retryAfter(response.headers.get('retry-after')),
  });

const LONGEST_RETRY_AFTER = 300_000;

/** RFC 9110, 10.2.3: seconds or a date. Bounded, for a wrong clock can be far away. */
const retryAfter = (value: string | null): number | undefined => {
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER);
};
