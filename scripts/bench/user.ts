import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Answer, HttpClient } from './http-client.ts';

/** Milliseconds after which a notification counts as lost. */
const RING_TIMEOUT = 5_000;

interface Awaited {
  /** Sequence; what rings at or below it has been dealt with. */
  after: number;
  rung(id: string): void;
}

/** One user of the load: an open notification socket, and HTTP connections of their own. */
export class User {
  readonly #posts: HttpClient;
  /** Connections of their own: in a flood who fetches is not who floods. */
  readonly #fetches: HttpClient;
  readonly #socket: WebSocket;
  readonly #common: string;
  readonly #awaited = new Map<string, Awaited>();
  readonly #onTrouble: (trouble: string) => void;
  #closing = false;
  /** Hears the id of each message that nobody waits for. */
  onRing: (id: string) => void = () => {};

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
    const user = new User(port, token, onTrouble);
    const [first] = await once(user.#socket, 'message');
    if (JSON.parse(String(first)).event !== 'ready') throw new Error(`${first} instead of ready`);
    user.#socket.on('message', (data) => user.#receive(JSON.parse(data.toString())));
    user.#socket.on('error', (error) => onTrouble(`socket: ${error.message}`));
    user.#socket.on('close', (code) => user.#closing || onTrouble(`socket: closed with ${code}`));
    return user;
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

  /**
   * The id of the next message that rings in this conversation with a sequence above `after`.
   * Rejects when none has within 5 s. Waits for one at a time.
   */
  nextRing(conversationId: string, after: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const lost = setTimeout(reject, RING_TIMEOUT, new Error('no notification within 5 s'));
      const rung = (id: string) => {
        clearTimeout(lost);
        this.#awaited.delete(conversationId);
        resolve(id);
      };
      this.#awaited.set(conversationId, { after, rung });
    });
  }

  close(): void {
    this.#closing = true;
    this.#posts.close();
    this.#fetches.close();
    this.#socket.terminate();
  }

  #receive(frame: { event: string; id?: string }): void {
    if (frame.event === 'resync') this.#onTrouble('socket: frames were dropped');
    if (frame.event !== 'message.created' || frame.id === undefined) return;
    const [conversationId = '', sequence] = frame.id.split('-');
    const awaited = this.#awaited.get(conversationId);
    if (!awaited) this.onRing(frame.id);
    else if (Number(sequence) > awaited.after) awaited.rung(frame.id);
  }
}
