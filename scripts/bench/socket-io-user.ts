import { WebSocket } from 'ws';
import type { Answer } from './http-client.ts';
import { Rings, type Talker } from './talker.ts';

/** Milliseconds. */
const ANSWER_TIMEOUT = 5_000;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * A user of the peer: Socket.IO's protocol (revision 5 over Engine.IO 4) spoken by hand, because its own client would take
 * more of the machine than the server does. Messages come whole, so that nothing is left to fetch.
 */
export class SocketIoUser implements Talker {
  readonly #socket: WebSocket;
  readonly #rings = new Rings();
  readonly #answers = new Map<number, Waiting>();
  /** Messages that came and were not fetched yet, as JSON, by id. */
  readonly #received = new Map<string, string>();
  #asked = 0;

  private constructor(port: number) {
    const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
  }

  static open(port: number, token: string, onTrouble: (trouble: string) => void): Promise<Talker> {
    const user = new SocketIoUser(port);
    return new Promise((resolve, reject) => {
      user.#socket.on('error', reject);
      user.#socket.on('close', () => user.#onClose(onTrouble));
      user.#socket.on('message', (data) => {
        const text = data.toString();
        if (text.startsWith('42')) user.#onEvent(text);
        else if (text.startsWith('43')) user.#onAnswer(text);
        else if (text === '2') user.#socket.send('3');
        else if (text.startsWith('0')) user.#socket.send(`40${JSON.stringify({ token })}`);
        else if (text.startsWith('40')) resolve(user);
        else onTrouble(`socket: ${text}`);
      });
    });
  }

  set onRing(heard: (id: string) => void) {
    this.#rings.onRing = heard;
  }

  post(conversationId: string, _key: string, body: string): Promise<Answer> {
    this.#asked += 1;
    const number = this.#asked;
    this.#socket.send(`42${number}${JSON.stringify(['post', { conversationId, body }])}`);
    return new Promise((resolve, reject) => {
      const late = setTimeout(reject, ANSWER_TIMEOUT, new Error('no answer within 5 s'));
      const answered = (answer: Answer) => {
        clearTimeout(late);
        resolve(answer);
      };
      this.#answers.set(number, { resolve: answered, reject });
    });
  }

  async fetch(messageId: string): Promise<Answer> {
    const body = this.#received.get(messageId);
    this.#received.delete(messageId);
    return { status: body === undefined ? 404 : 200, body: body ?? '' };
  }

  look(heard: (bodies: readonly string[]) => void): void {
    this.#rings.onLook = (id) => {
      const json = this.#received.get(id) ?? '{}';
      this.#received.delete(id);
      heard([JSON.parse(json).body]);
    };
  }

  nextRing(conversationId: string, after: number): Promise<string> {
    return this.#rings.next(conversationId, after);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.terminate();
  }

  /** `42["message",{…}]` */
  #onEvent(text: string): void {
    const json = text.slice('42["message",'.length, -1);
    const { id } = JSON.parse(json);
    this.#received.set(id, json);
    this.#rings.ring(id);
  }

  /** `43<number>[{…}]` */
  #onAnswer(text: string): void {
    const begin = text.indexOf('[');
    const number = Number(text.slice(2, begin));
    this.#answers.get(number)?.resolve({ status: 201, body: text.slice(begin + 1, -1) });
    this.#answers.delete(number);
  }

  #onClose(onTrouble: (trouble: string) => void): void {
    onTrouble('socket: closed');
    for (const { reject } of this.#answers.values()) reject(new Error('socket: closed'));
  }
}
