import { randomOf } from '../seed/random.ts';
import type { Command, Route } from './api-document.ts';
import type { Cast } from './cast.ts';
import { checkExchange, type Oracle, parsed, TIME_LIMIT } from './check-answer.ts';
import { checkReply } from './check-reply.ts';
import { findRoute } from './find-route.ts';
import type { Findings } from './findings.ts';
import { makeFrame } from './frame.ts';
import { HttpLane } from './http-lane.ts';
import { makeOdd } from './oddities.ts';
import { commandLine, frameLine } from './repeat.ts';
import { type FuzzRequest, makeRequest } from './request.ts';
import { SocketLane } from './socket-lane.ts';
import type { Tally } from './tally.ts';
import type { Actor } from './world.ts';

interface Parts {
  url: string;
  seed: number;
  cast: Cast;
  oracle: Oracle;
  findings: Findings;
  tally: Tally;
}

/** An admin of another lane may end the session anew between signing in and opening. */
const SOCKET_ATTEMPTS = 5;

interface Timed {
  answers: readonly unknown[];
  closedBy?: number | undefined;
  took: number;
}

/** One actor, one connection and one socket: one case after another. */
export class Lane {
  readonly #parts: Parts;
  readonly #http: HttpLane;
  #actor: Actor;
  #socket: SocketLane | undefined;

  constructor(parts: Parts, actor: Actor) {
    this.#parts = parts;
    this.#actor = actor;
    this.#http = new HttpLane(parts.url);
  }

  async call(route: Route, number: number): Promise<void> {
    const { oracle, seed, url, tally, findings } = this.#parts;
    const random = randomOf('request', seed, number);
    const actor = this.#actor;
    const request = makeOdd(makeRequest(route, { random, actor, world: oracle.world }), random);
    const isSlowByItself = request.delivery !== 'whole';
    const exchange = isSlowByItself
      ? await this.#http.exchange(request)
      : await this.#again(route.name, () => this.#http.exchange(request));
    const { routes } = oracle.document;
    const reached = findRoute(routes, request.method, request.target)?.name ?? 'no route';
    for (const what of checkExchange(request, exchange, actor, oracle)) {
      const repeat = commandLine(request, url, actor.accessToken);
      findings.add({ where: reached, what, number, repeat });
    }
    const [answer] = exchange.answers;
    tally.count(route.name, answer?.status ?? 0);
    if (answer && answer.status < 300) this.#learn(route, request, parsed(answer.body));
    if (answer?.status === 401 && request.isSignedIn) await this.#revive();
  }

  async say(command: Command, number: number): Promise<void> {
    const { oracle, seed, tally, findings } = this.#parts;
    const random = randomOf('frame', seed, number);
    const socket = await this.#openSocket();
    const actor = this.#actor;
    const frame = makeFrame(command, { random, actor, world: oracle.world }, number);
    const reply = await this.#again(command.name, () => socket.send(frame));
    for (const what of checkReply(frame, reply, actor, oracle)) {
      findings.add({ where: command.name, what, number, repeat: frameLine(frame) });
    }
    const { status } = (parsed(reply.answers[0] ?? '') ?? {}) as { status?: number };
    tally.count(command.name, status ?? reply.closedBy ?? 0);
    // Without an answer nobody knows which frame the next one is of.
    if (reply.answers.length !== 1) this.#closeSocket();
  }

  close(): void {
    this.#http.close();
    this.#closeSocket();
  }

  /** Some call may have ended the session, the account or what it may do. */
  async check(): Promise<void> {
    await this.#revive();
  }

  /** What was slow is sent again: a busy machine makes anything slow once, but not twice. */
  async #again<T extends Timed>(where: string, send: () => Promise<T>): Promise<T> {
    const first = await send();
    this.#parts.tally.measure(where, first.took);
    const isOver = first.answers.length !== 1 || first.closedBy !== undefined;
    if (first.took <= TIME_LIMIT || isOver) return first;
    const { took } = await send();
    return { ...first, took: Math.min(first.took, took) };
  }

  async #revive(): Promise<void> {
    const revived = await this.#parts.cast.revived(this.#actor);
    if (revived !== this.#actor) this.#closeSocket();
    this.#actor = revived;
  }

  #learn(route: Route, { body }: FuzzRequest, answer: unknown): void {
    const { refreshToken, accessToken } = Object(answer) as Partial<Actor>;
    const spent = parsed(body?.toString() ?? '') as { refreshToken?: string } | undefined;
    if (accessToken && refreshToken && spent?.refreshToken === this.#actor.refreshToken) {
      this.#actor = { ...this.#actor, accessToken, refreshToken };
    }
    this.#parts.oracle.world.harvest(this.#actor, route.path, answer);
  }

  async #openSocket(): Promise<SocketLane> {
    if (this.#socket?.isOpen) return this.#socket;
    for (let attempt = 1; ; attempt++) {
      try {
        this.#socket = await SocketLane.open(this.#parts.url, this.#actor.accessToken);
        return this.#socket;
      } catch (error) {
        if (attempt === SOCKET_ATTEMPTS) throw error;
        await this.#revive();
      }
    }
  }

  #closeSocket(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
