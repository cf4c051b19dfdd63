import type { Conversation, Message } from '../conversations/schemas.ts';
import type { ServerFrame } from '../notifications/frames.ts';
import type { Me } from '../users/schemas.ts';
import { CatchUp } from './catch-up.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { closed } from './errors.ts';
import type { Emit } from './events.ts';
import { Fetcher } from './fetcher.ts';
import { Gather } from './gather.ts';
import { History } from './history.ts';
import { Outbox } from './outbox.ts';
import { Replica } from './replica.ts';

export interface SessionOptions
  extends Pick<ConnectionOptions, 'api' | 'tokens' | 'socketUrl' | 'WebSocket'> {
  me: Me;
  gatherMilliseconds: number;
  emit: Emit;
}

/**
 * One sign-in: what is held for it, what is on its way out, and its connection. Nothing outlives
 * end(); so what is answered late for one user can never reach the next.
 */
export class Session {
  readonly me: Me;
  readonly replica: Replica;
  readonly history: History;
  readonly outbox: Outbox;
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  readonly #gather: Gather;
  #caughtUp: Promise<void> | undefined;
  #disconnect: (reason: unknown) => void = () => {};
  #isEnded = false;

  constructor(options: SessionOptions) {
    const { api, me, gatherMilliseconds } = options;
    this.#options = options;
    this.me = me;
    this.#emit = (event, value) => {
      if (!this.#isEnded) options.emit(event, value);
    };
    this.replica = new Replica(me.username, this.#emit);
    this.history = new History(api, this.replica);
    this.#gather = new Gather(new Fetcher(api, this.replica), gatherMilliseconds);
    this.outbox = new Outbox({
      send: ({ conversationId, key, body, replyTo }) =>
        api.postMessage(conversationId, key, { body, replyTo }),
      onPosted: (message) => this.#hold(message),
    });
  }

  /** Resolves when everything is held for the first time; rejects when closed before. */
  connect(): Promise<void> {
    this.#caughtUp ??= new Promise((resolve, reject) => {
      const catchUp = new CatchUp(this.#options.api, this.replica, this.#gather);
      const connection = new Connection({
        ...this.#options,
        onReady: () => this.#catchUp(catchUp),
        onFrame: (frame) => this.#receive(frame, catchUp),
        onState: (state) => {
          this.#emit('state', state);
          if (state === 'live') resolve();
        },
      });
      this.#disconnect = (reason) => {
        connection.close();
        catchUp.stop();
        reject(reason);
      };
    });
    return this.#caughtUp;
  }

  /** Stops all traffic. What is held and pending stays, for the next connect(). */
  close(reason: unknown = closed()): void {
    this.#gather.pause();
    this.outbox.pause();
    if (!this.#caughtUp) return;
    this.#disconnect(reason);
    this.#caughtUp = undefined;
    this.#emit('state', 'offline');
  }

  end(reason: unknown): void {
    this.#isEnded = true;
    this.close(reason);
    this.outbox.rejectAll(reason);
  }

  async openDirect(username: string): Promise<Conversation> {
    const conversation = await this.#options.api.openDirect(username);
    this.replica.apply(conversation);
    this.#gather.add('gap', conversation.id);
    return this.replica.conversation(conversation.id) ?? conversation;
  }

  async #catchUp(catchUp: CatchUp): Promise<void> {
    this.outbox.resume();
    await catchUp.run();
    this.#emit('synced', undefined);
  }

  #receive(frame: ServerFrame, catchUp: CatchUp): void {
    if (frame.event === 'resync') void this.#catchUp(catchUp).catch(() => {});
    else if ('id' in frame && frame.event !== 'user.updated' && frame.event !== 'typing') {
      catchUp.receive(frame);
    }
  }

  #hold(message: Message): void {
    this.replica.receive(message.conversationId, [message]);
    this.#gather.add('gap', message.conversationId);
  }
}
