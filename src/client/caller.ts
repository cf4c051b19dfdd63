import { DoorbellError } from './errors.ts';
import type { Call, Http } from './http.ts';
import type { Tokens } from './tokens.ts';

export const get = (path: string, query: Call['query'] = {}): Call => ({
  method: 'GET',
  path,
  query,
});
export const put = (path: string, body?: unknown): Call => ({ method: 'PUT', path, body });
export const post = (path: string, body?: unknown): Call => ({ method: 'POST', path, body });
export const patch = (path: string, body: unknown): Call => ({ method: 'PATCH', path, body });
export const del = (path: string): Call => ({ method: 'DELETE', path });

/** A path whose values are escaped. */
export const at = (strings: TemplateStringsArray, ...values: string[]): string =>
  String.raw({ raw: strings }, ...values.map(encodeURIComponent));

/** Makes calls as whoever is signed in. */
export class Caller {
  readonly #http: Http;
  readonly #tokens: Tokens;

  constructor(http: Http, tokens: Tokens) {
    this.#http = http;
    this.#tokens = tokens;
  }

  async send<T>(call: Call): Promise<T> {
    const { accessToken } = await this.#tokens.access();
    try {
      return await this.#http.send(call, accessToken);
    } catch (error) {
      // Clocks differ and secrets change: a token that looks good here may have ended there.
      if (!(error instanceof DoorbellError && error.status === 401)) throw error;
      return this.#http.send(call, (await this.#tokens.other(accessToken)).accessToken);
    }
  }

  /** Without a token. */
  sendAsAnybody<T>(call: Call): Promise<T> {
    return this.#http.send(call);
  }
}
