import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { CommitLosses } from './commit-losses.ts';
import { RelayConnection } from './relay-connection.ts';
import type { Conditions } from './relay-lane.ts';

/** Ends the fault. May be called again. */
export type Heal = () => void;

type Fault = { kind: 'refuse' } | { kind: 'stall' } | { kind: 'lag'; milliseconds: number };

/** Stands before the server at this port of 127.0.0.1, at a free port of its own. */
export async function startRelay(serverPort: number): Promise<Relay> {
  const acceptor = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  acceptor.listen(0, '127.0.0.1');
  await once(acceptor, 'listening');
  return new Relay(acceptor, serverPort);
}

/**
 * Passes bytes between clients and one server, whatever they speak over TCP, and breaks the network
 * between them when told to. Faults may overlap; each lasts until its own heal is called, or heal().
 */
export class Relay implements AsyncDisposable {
  readonly port: number;
  readonly #acceptor: Server;
  readonly #serverPort: number;
  readonly #connections = new Set<RelayConnection>();
  readonly #faults = new Set<Fault>();
  readonly #halfOpen = new Set<RelayConnection>();
  readonly #losses = new CommitLosses();
  readonly #conditions: Conditions = { isStalled: false, lag: 0 };

  constructor(acceptor: Server, serverPort: number) {
    const address = acceptor.address();
    if (address === null || typeof address === 'string') throw new Error('It must be listening.');
    this.port = address.port;
    this.#acceptor = acceptor;
    this.#serverPort = serverPort;
    acceptor.on('connection', (client) => this.#accept(client));
  }

  /** Connections that are open, as far as the relay knows. */
  get size(): number {
    return this.#connections.size;
  }

  /** Resets every open connection on both sides. */
  cut(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** New connections are reset. */
  refuse(): Heal {
    return this.#begin({ kind: 'refuse' });
  }

  /**
   * Nothing passes in either direction, not even an end. New connections are accepted, but the server
   * hears of them when it is healed; then all that was sent flows on.
   */
  stall(): Heal {
    return this.#begin({ kind: 'stall' });
  }

  /**
   * Nothing passes any more over the connections that are open now, and neither side is told, as when
   * the other one lost its power. New ones work. Healing resets them.
   */
  leaveHalfOpen(): Heal {
    const connections = [...this.#connections];
    for (const connection of connections) {
      this.#halfOpen.add(connection);
      connection.halfOpen();
    }
    return () => this.#resetHalfOpen(connections);
  }

  /** All that is sent from now on is late by so much, in both directions and in order; of several lags the longest counts. */
  lag(milliseconds: number): Heal {
    return this.#begin({ kind: 'lag', milliseconds });
  }

  /**
   * The next COMMITs reach MySQL or MariaDB and take effect, but what it answers is thrown away and
   * the connection reset. Resolves to the number when it is reached, or to fewer at heal(). Statements
   * of one connection must not be pipelined: the next that the server says is taken for the answer.
   */
  loseCommitAnswers(count: number): Promise<number> {
    return this.#losses.order('answer', count);
  }

  /** Like loseCommitAnswers, but the server sees a reset instead of the COMMIT. */
  loseCommits(count: number): Promise<number> {
    return this.#losses.order('commit', count);
  }

  /** Ends every fault. */
  heal(): void {
    this.#losses.callOff();
    this.#resetHalfOpen([...this.#halfOpen]);
    this.#faults.clear();
    this.#apply();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#acceptor.close(resolve));
    this.heal();
    this.cut();
    await closed;
  }

  #accept(client: Socket): void {
    if ([...this.#faults].some(({ kind }) => kind === 'refuse'))
      return void client.on('error', () => {}).resetAndDestroy();
    const connection: RelayConnection = new RelayConnection({
      client,
      port: this.#serverPort,
      conditions: this.#conditions,
      losses: this.#losses,
      onClosed: () => {
        this.#connections.delete(connection);
        this.#halfOpen.delete(connection);
      },
    });
    this.#connections.add(connection);
  }

  #begin(fault: Fault): Heal {
    this.#faults.add(fault);
    this.#apply();
    return () => {
      if (this.#faults.delete(fault)) this.#apply();
    };
  }

  #apply(): void {
    const faults = [...this.#faults];
    const lags = faults.map((fault) => (fault.kind === 'lag' ? fault.milliseconds : 0));
    this.#conditions.isStalled = faults.some(({ kind }) => kind === 'stall');
    this.#conditions.lag = Math.max(0, ...lags);
    for (const connection of this.#connections) connection.flow();
  }

  #resetHalfOpen(connections: readonly RelayConnection[]): void {
    for (const connection of connections) if (this.#halfOpen.delete(connection)) connection.reset();
  }
}
