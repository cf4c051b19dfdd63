import { type Static, type TObject, type TProperties, Type } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';
import { toProblem } from '../core/error-handler.ts';
import type { Logger } from '../core/logger.ts';
import { invalidValue, type ProblemCode, ProblemError } from '../core/problems.ts';
import { findInvalid } from '../core/validation.ts';
import type { Subscriber } from './subscriber.ts';

/** What a command resolves to: the status that the same REST call would have had. */
interface CommandResult {
  status: number;
  /** Of the thing made. */
  id?: string;
}

/** A client frame: the values it takes, and what becomes of them. */
export interface Command {
  description: string;
  schema: TObject;
  /** Throws a 400 for values that do not fit the schema. */
  run(subscriber: Subscriber, input: Record<string, unknown>): Promise<CommandResult>;
}

/** By name. The dispatcher and the AsyncAPI document are made from this table and nothing else. */
export type Commands = Readonly<Record<string, Command>>;

/** `run` is the function that the REST call of the same purpose runs; it gets what the schema has checked. */
export function command<P extends TProperties>({
  description,
  schema,
  run,
}: {
  description: string;
  schema: TObject<P>;
  run(subscriber: Subscriber, input: Static<TObject<P>>): Promise<CommandResult>;
}): Command {
  const validator = Compile(schema);
  return {
    description,
    schema,
    run: async (subscriber, input) => {
      if (validator.Check(input)) return run(subscriber, input);
      throw new ProblemError('invalid_input', { errors: findInvalid(validator, input) });
    },
  };
}

const MAX_REF = 64;
const Ref = Type.String({
  maxLength: MAX_REF,
  description: 'Made by the client, echoed in the answer',
});

/** The whole frame of one command. */
export const commandFrame = (name: string, { schema, description }: Command) =>
  Type.Object(
    { command: Type.Literal(name), ref: Ref, ...schema.properties },
    { title: name, description },
  );

export const CommandAnswer = Type.Object(
  {
    ref: Type.Union([Ref, Type.Null()], { description: 'null when the frame had none to echo' }),
    status: Type.Integer({ description: 'HTTP status of the same REST call' }),
    id: Type.Optional(Type.String()),
    code: Type.Optional(Type.String({ description: 'With a problem' })),
    detail: Type.Optional(Type.String({ description: 'With a problem' })),
  },
  { title: 'answer', description: 'Of one command, in the order in which they are done' },
);
type CommandAnswer = Static<typeof CommandAnswer> & { code?: ProblemCode };

export type Dispatch = (subscriber: Subscriber, text: string | undefined) => Promise<void>;

/** Answers every frame, a bad one with a 400; never rejects. */
export function dispatcher(commands: Commands, log: Logger): Dispatch {
  async function run(
    subscriber: Subscriber,
    frame: Record<string, unknown>,
  ): Promise<CommandResult> {
    const name = String(frame['command']);
    const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!found) throw invalidValue('command', 'must be one that there is');
    if (refOf(frame) === null)
      throw invalidValue('ref', `must be a text of up to ${MAX_REF} characters`);
    return found.run(subscriber, frame);
  }

  return async (subscriber, text) => {
    const frame = parse(text);
    const ref = refOf(frame);
    const answer = (rest: Omit<CommandAnswer, 'ref'>) =>
      subscriber.answer(JSON.stringify({ ref, ...rest } satisfies CommandAnswer));
    try {
      if (frame === undefined) throw new ProblemError('malformed_request');
      answer(await run(subscriber, frame));
    } catch (error) {
      const { status, code, message, errors = [] } = toProblem(error);
      if (status >= 500) log.error({ err: error }, message);
      const detail = [message, ...errors.map((wrong) => `${wrong.path} ${wrong.message}.`)].join(
        ' ',
      );
      answer({ status, code, detail });
    }
  };
}

/** Undefined for what is no JSON object. */
function parse(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function refOf(frame: Record<string, unknown> | undefined): string | null {
  const ref = frame?.['ref'];
  return typeof ref === 'string' && ref.length <= MAX_REF ? ref : null;
}
