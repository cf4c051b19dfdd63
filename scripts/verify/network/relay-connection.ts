import { Socket } from 'node:net';
import type { CommitLoss, CommitLosses } from './commit-losses.ts';
import { MysqlCommits } from './mysql-commits.ts';
import { type Conditions, Lane } from './relay-lane.ts';

interface Options {
  /** Paused. Like every socket here, it stays open for one direction when the other has ended. */
  client: Socket;
  /** Of the server, on 127.0.0.1. */
  port: number;
  /** Of the relay; flow() is to be called when they change. */
  conditions: Conditions;
  losses: CommitLosses;
  /** Both sides are closed. */
  onClosed: () => void;
}

/** One client's connection to the server, and what happens to it on the way. */
export class RelayConnection implements Readonly<Conditions> {
  readonly #options: Options;
  readonly #server = new Socket({ allowHalfOpen: true });
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  readonly #commits = new MysqlCommits();
  #awaitedAnswer: CommitLoss | undefined;
  #isOpened = false;
  #isBroken = false;
  #isHalfOpen = false;

  constructor(options: Options) {
    const { client } = options;
    this.#options = options;
    this.#server.setNoDelay(true);
    this.#toServer = new Lane(client, this.#server, this);
    this.#toClient = new Lane(this.#server, client, this);
    client.on('data', (chunk: Buffer) => this.#receive(chunk));
    client.on('end', () => this.#toServer.add('end'));
    this.#server.on('data', (chunk: Buffer) => this.#answer(chunk));
    this.#server.on('end', () => this.#toClient.add('end'));
    for (const socket of [client, this.#server]) {
      socket.on('error', () => {});
      socket.on('close', (hadError) => this.#close(hadError));
    }
    this.flow();
  }

  get isStalled(): boolean {
    return this.#isHalfOpen || this.#options.conditions.isStalled;
  }

  get lag(): number {
    return this.#options.conditions.lag;
  }

  flow(): void {
    if (!this.isStalled) {
      if (this.#isBroken) this.reset();
      else if (!this.#isOpened) this.#server.connect(this.#options.port, '127.0.0.1');
      this.#isOpened = true;
    }
    this.#toServer.flow();
    this.#toClient.flow();
  }

  /** Nothing passes any more and neither side is told. Only reset() ends that. */
  halfOpen(): void {
    this.#isHalfOpen = true;
    this.flow();
  }

  /** Both sides get an RST; what was under way is lost. */
  reset(): void {
    for (const socket of [this.#options.client, this.#server])
      if (!socket.destroyed) socket.resetAndDestroy();
  }

  #receive(chunk: Buffer): void {
    const isCommit = this.#commits.endIn(chunk) && !this.#awaitedAnswer;
    const loss = isCommit ? this.#options.losses.next() : undefined;
    if (loss?.part === 'commit' && loss.take()) this.reset();
    else {
      if (loss) this.#awaitedAnswer = loss;
      this.#toServer.add(chunk);
    }
  }

  #answer(chunk: Buffer): void {
    const loss = this.#awaitedAnswer;
    this.#awaitedAnswer = undefined;
    if (loss?.take()) this.reset();
    else this.#toClient.add(chunk);
  }

  /** An RST travels like everything else: not through a network that hangs. */
  #close(hadError: boolean): void {
    this.#isBroken ||= hadError;
    if (this.#isBroken && !this.isStalled) this.reset();
    if (!this.#options.client.closed || !this.#server.closed) return;
    for (const lane of [this.#toServer, this.#toClient]) lane.stop();
    this.#awaitedAnswer?.giveBack();
    this.#options.onClosed();
  }
}
