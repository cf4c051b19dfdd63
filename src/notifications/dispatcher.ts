import type { Admission } from '../core/admission.ts';
import type { Config } from '../core/config.ts';
import { toProblem } from '../core/error-handler.ts';
import type { Limits } from '../core/limits/limits.ts';
import type { Logger } from '../core/logger.ts';
import { invalidValue, ProblemError } from '../core/problems.ts';
import { type Command, type CommandAnswer, type Commands, MAX_REF } from './commands.ts';
import type { Subscriber } from './subscriber.ts';
import type { Subscribers } from './subscribers.ts';

interface Parts {
  commands: Commands;
  subscribers: Pick<Subscribers, 'endOf'>;
  limits: Pick<Limits, 'requestsByAccount'>;
  admission: Admission;
  log: Logger;
  config: Pick<Config, 'commandsPerSecond'>;
}

export type Dispatcher = ReturnType<typeof commandDispatcher>;

/**
 * Carries out client frames and answers each exactly once, a bad one with a 400. Those of one socket run one
 * after another, so that messages stand in the order in which they were sent and no socket takes more than one
 * connection of the database; as many may wait as a socket may send in a second.
 */
export function commandDispatcher(parts: Parts) {
  const { commands, subscribers, limits, admission, log, config } = parts;
  const underWay = new Set<Promise<void>>();

  /** Never rejects. */
  async function dispatch(subscriber: Subscriber, text: string | undefined): Promise<void> {
    const frame = parse(text);
    let end: number | undefined;
    await new Promise<void>((resolve) => admission.run('write', resolve));
    try {
      await limits.requestsByAccount.take(String(subscriber.viewer.userId));
      if (frame === undefined) throw new ProblemError('malformed_request');
      const command = findCommand(frame, commands);
      if (!command.bringsToken) end = await subscribers.endOf(subscriber);
      if (end !== undefined) throw new ProblemError('unauthenticated');
      answer(subscriber, frame, await command.run(subscriber, frame));
    } catch (error) {
      answer(subscriber, frame, problemOf(error, log));
    } finally {
      admission.end('write');
    }
    if (end !== undefined) subscriber.close(end);
  }

  async function dispatchInTurn(
    subscriber: Subscriber,
    text: string | undefined,
    turn: Promise<unknown>,
  ): Promise<void> {
    await turn;
    if (subscriber.isClosed) return;
    const work = dispatch(subscriber, text);
    underWay.add(work);
    await work;
    underWay.delete(work);
  }

  function refusal(waiting: number): ProblemError | undefined {
    if (waiting >= config.commandsPerSecond) return new ProblemError('too_fast');
    const retryAfter = admission.refusal('write');
    return retryAfter === undefined ? undefined : new ProblemError('overloaded', { retryAfter });
  }

  return {
    /**
     * Returns what takes the frames of this socket; undefined stands for one that is not text. They wait until
     * `ready`, so that it is the first that the client hears. When the server closes the socket those that wait are dropped.
     */
    listen(subscriber: Subscriber, ready: Promise<unknown>): (text: string | undefined) => void {
      let waiting = 0;
      let last = ready;
      return (text) => {
        const problem = refusal(waiting);
        if (problem) return answer(subscriber, parse(text), problemOf(problem, log));
        waiting += 1;
        last = dispatchInTurn(subscriber, text, last).finally(() => {
          waiting -= 1;
        });
      };
    },

    /** Resolves when nothing is under way; close the sockets first. */
    async close(): Promise<void> {
      await Promise.all(underWay);
    },
  };
}

type Frame = Record<string, unknown>;

/** Undefined for what is no JSON object. */
function parse(text: string | undefined): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Frame)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Throws a 400 for a command that there is not, and for a frame that could not be answered by its ref. */
function findCommand(frame: Frame, commands: Commands): Command {
  const { command: name } = frame;
  const found =
    typeof name === 'string' && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!found) throw invalidValue('command', 'must be one that there is');
  if (refOf(frame) === null) {
    throw invalidValue('ref', `must be a text of up to ${MAX_REF} characters`);
  }
  return found;
}

function refOf(frame: Frame | undefined): string | null {
  const ref = frame?.['ref'];
  return typeof ref === 'string' && ref.length <= MAX_REF ? ref : null;
}

function answer(
  subscriber: Subscriber,
  frame: Frame | undefined,
  rest: Omit<CommandAnswer, 'ref'>,
): void {
  subscriber.answer(JSON.stringify({ ref: refOf(frame), ...rest } satisfies CommandAnswer));
}

function problemOf(error: unknown, log: Logger): Omit<CommandAnswer, 'ref'> {
  const { status, code, message, errors = [], retryAfter } = toProblem(error);
  if (status === 503) log.warn({ code }, message);
  else if (status >= 500) log.error({ err: error }, message);
  const complaints = errors.map((wrong) => `${wrong.path} ${wrong.message}.`);
  const detail = [message, ...complaints].join(' ');
  return { status, code, detail, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
