import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { DoorbellError } from '../../src/client/errors.ts';
import { Gather } from '../../src/client/gather.ts';
import type { Hint } from '../../src/client/hints.ts';
import { Patience } from '../../src/client/patience.ts';
import { Screen } from '../../src/client/screen.ts';
import { HttpClient } from './http-client.ts';

/** As the SDK has it by default. */
const GATHER_MILLISECONDS = 20;
/** Seconds that a 503 asks to wait, from 1: the head of an answer is not kept here. */
const RETRY_AFTER = 4;
const ATTEMPTS = 10;

interface MemberOptions {
  port: number;
  token: string;
  room: string;
  /** Of the room. */
  size: number;
  onRing(id: string): void;
  onHeld(id: string): void;
  onRefused(): void;
  /** The socket was closed, with this code: from here on nothing rings. */
  onLost(code: number): void;
}

/**
 * A member of the room who fetches by the SDK's own rules, its `Patience` and its `Gather`, but holds nothing: a
 * thousand whole SDKs would leave no machine to the server.
 */
export class HerdMember {
  readonly #options: MemberOptions;
  readonly #screen = new Screen();
  readonly #patience: Patience;
  readonly #gather: Gather;
  readonly #http: HttpClient;
  readonly #socket: WebSocket;
  /** Of the message that a list would show, while the room is not on screen; fetched when its time has come. */
  #newest = '';
  #lineTimer: NodeJS.Timeout | undefined;

  private constructor(options: MemberOptions) {
    const { port, token, size } = options;
    this.#options = options;
    const room = { conversation: () => ({ memberCount: size }) as never };
    this.#patience = new Patience(room, this.#screen);
    const fetches = {
      fetchMessages: (hints: readonly Hint[]) => this.#fetch(hints.map(({ id }) => id)),
      fetchLines: (hints: readonly Hint[]) => this.#fetch(hints.map(({ id }) => id)),
      fetchConversations: async () => {},
      complete: async () => {},
    };
    this.#gather = new Gather(fetches, GATHER_MILLISECONDS);
    this.#http = new HttpClient(port);
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/socket`, 'doorbell.v1', {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    this.#socket.on('message', (data) => this.#receive(JSON.parse(data.toString())));
  }

  /** A server that has much to do may refuse a socket for now. */
  static async open(options: MemberOptions): Promise<HerdMember> {
    for (let attempt = 1; ; attempt += 1) {
      const member = new HerdMember(options);
      try {
        await once(member.#socket, 'message');
        member.#socket.on('close', options.onLost);
        return member;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await sleep(1_000 * RETRY_AFTER);
      }
    }
  }

  /** Resolves when everything that waited has been fetched. What was said before is not caught up with. */
  async look(isLooking: boolean): Promise<void> {
    clearTimeout(this.#lineTimer);
    this.#lineTimer = undefined;
    this.#screen.showOnly(isLooking ? [this.#options.room] : [], []);
    await this.#gather.settled();
  }

  #receive(frame: { event: string; id?: string; spread?: number }): void {
    if (frame.event === 'heartbeat') this.#patience.spread = frame.spread ?? this.#patience.spread;
    if (frame.event !== 'message.created' || frame.id === undefined) return;
    const { id } = frame;
    this.#options.onRing(id);
    if (this.#screen.shows(this.#options.room))
      this.#gather.add('message', id, this.#patience.of(id));
    else this.#fetchLineLater(id);
  }

  /** As `LastLines` has it: of all that is said only the newest, once in the time that it may wait. */
  #fetchLineLater(id: string): void {
    this.#newest = id;
    this.#lineTimer ??= setTimeout(() => {
      this.#lineTimer = undefined;
      this.#gather.add('line', this.#newest);
    }, this.#patience.of(id));
  }

  async #fetch(ids: readonly string[]): Promise<void> {
    const { port, token, onHeld, onRefused } = this.#options;
    const { status, body } = await this.#http.request(
      `GET /api/v1/messages?ids=${ids.join()} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n` +
        `authorization: Bearer ${token}\r\n\r\n`,
    );
    if (status === 503) onRefused();
    if (status !== 200) throw refusal(status);
    for (const { id } of JSON.parse(body).messages) onHeld(id);
  }
}

const refusal = (status: number): DoorbellError =>
  new DoorbellError({
    status,
    code: 'refused',
    detail: `answered ${status}`,
    retryAfter: 1_000 * (1 + Math.floor(Math.random() * RETRY_AFTER)),
  });
