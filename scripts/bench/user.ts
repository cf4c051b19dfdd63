import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Answer, HttpClient } from './http-client.ts';
import { Reader } from './reader.ts';
import { Rings, type Talker } from './talker.ts';

/** To open a socket; and milliseconds between, the least that Retry-After says. */
const ATTEMPTS = 5;
const RETRY_AFTER = 1_000;

/** One user of the load: an open notification socket, and HTTP connections of their own. */
export class User implements Talker {
  readonly #posts: HttpClient;
  /** Connections of their own: in a flood who fetches is not who floods. */
  readonly #fetches: HttpClient;
  readonly #socket: WebSocket;
  readonly #common: string;
  readonly #rings = new Rings();
  readonly #onTrouble: (trouble: string) => void;
  #closing = false;

  private constructor(port: number, token: string, onTrouble: (trouble: string) => void) {
    const authorization = `Bearer ${token}`;
    this.#common = `host: 127.0.0.1:${port}\r\nauthorization: ${authorization}\r\n`;
    this.#onTrouble = onTrouble;
    this.#posts = new HttpClient(port);
    this.#fetches = new HttpClient(port);
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/socket`, 'doorbell.v1', {
      headers: { authorization },
      perMessageDeflate: false,
    });
  }

  /** Resolves when the server has said that it is ready to ring. `onTrouble` hears of a broken socket and of dropped frames. */
  static async open(
    port: number,
    token: string,
    onTrouble: (trouble: string) => void,
  ): Promise<User> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await new User(port, token, onTrouble).#opened();
      } catch (error) {
        // Many at once may be more than is let in.
        if (attempt === ATTEMPTS) throw error;
        await sleep(RETRY_AFTER);
      }
    }
  }

  async #opened(): Promise<this> {
    const [first] = await once(this.#socket, 'message');
    if (JSON.parse(String(first)).event !== 'ready') throw new Error(`${first} instead of ready`);
    this.#socket.on('message', (data) => this.#receive(JSON.parse(data.toString())));
    this.#socket.on('error', (error) => this.#onTrouble(`socket: ${error.message}`));
    this.#socket.on('close', (code) => {
      if (!this.#closing) this.#onTrouble(`socket: closed with ${code}`);
    });
    return this;
  }

  post(conversationId: string, key: string, body: string): Promise<Answer> {
    const json = JSON.stringify({ body });
    return this.#posts.request(
      `POST /api/v1/conversations/${conversationId}/messages HTTP/1.1\r\n${this.#common}` +
        `content-type: application/json\r\nidempotency-key: ${key}\r\n` +
        `content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
    );
  }

  fetch(messageId: string): Promise<Answer> {
    return this.#fetches.request(
      `GET /api/v1/messages/${messageId} HTTP/1.1\r\n${this.#common}\r\n`,
    );
  }

  look(heard: (bodies: readonly string[]) => void): void {
    const reader = new Reader((ids) => this.#fetchAll(ids), heard, this.#onTrouble);
    this.#rings.onLook = (id) => reader.add(id);
  }

  set onRing(heard: (id: string) => void) {
    this.#rings.onRing = heard;
  }

  nextRing(conversationId: string, after: number): Promise<string> {
    return this.#rings.next(conversationId, after);
  }

  close(): void {
    this.#closing = true;
    this.#posts.close();
    this.#fetches.close();
    this.#socket.terminate();
  }

  async #fetchAll(ids: readonly string[]): Promise<string[]> {
    const [only] = ids;
    const path = ids.length === 1 && only ? `/${only}` : `?ids=${ids.join(',')}`;
    const { status, body } = await this.#fetches.request(
      `GET /api/v1/messages${path} HTTP/1.1\r\n${this.#common}\r\n`,
    );
    if (status !== 200) throw new Error(`GET was answered ${status}`);
    const answer = JSON.parse(body);
    const messages: { body: string }[] = ids.length === 1 ? [answer] : answer.messages;
    return messages.map((message) => message.body);
  }

  #receive(frame: { event: string; id?: string }): void {
    if (frame.event === 'resync') this.#onTrouble('socket: frames were dropped');
    if (frame.event !== 'message.created' || frame.id === undefined) return;
    this.#rings.ring(frame.id);
  }
}
