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

/** A client frame: the values it takes, and the function that the REST call of the same purpose runs. */
export interface Command<P extends TProperties = TProperties> {
  description: string;
  schema: TObject<P>;
  run(subscriber: Subscriber, input: Static<TObject<P>>): Promise<CommandResult>;
}

/** By name. The dispatcher and the AsyncAPI document are made from this table and nothing else. */
export type Commands = Readonly<Record<string, Command>>;

/** Types `run` by its own schema, and then forgets the types, so that commands fit into one table. */
export const command = <P extends TProperties>(given: Command<P>): Command =>
  given as unknown as Command;

const Ref = Type.String({ maxLength: 64, description: 'Made by the client, echoed in the answer' });

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
  const validators = new Map(
    Object.entries(commands).map(([name, given]) => [name, Compile(commandFrame(name, given))]),
  );

  async function run(
    subscriber: Subscriber,
    frame: Record<string, unknown>,
  ): Promise<CommandResult> {
    const name = String(frame['command']);
    const validator = validators.get(name);
    if (!validator) throw invalidValue('command', 'must be one that there is');
    const errors = findInvalid(validator, frame);
    if (errors.length > 0) throw new ProblemError('invalid_input', { errors });
    return (commands[name] as Command).run(subscriber, frame);
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
  return typeof ref === 'string' && ref.length <= 64 ? ref : null;
}
