import { type Static, type TObject, type TProperties, Type } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';
import { type ProblemCode, ProblemError } from '../core/problems.ts';
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
  /** It checks a token that it brings, so it is run whether or not the session is still in force. */
  bringsToken: boolean;
  /** Throws a 400 for values that do not fit the schema. */
  run(subscriber: Subscriber, input: Record<string, unknown>): Promise<CommandResult>;
}

/** By name. The dispatcher and the AsyncAPI document are made from this table and nothing else. */
export type Commands = Readonly<Record<string, Command>>;

/** `run` is the function that the REST call of the same purpose runs; it gets what the schema has checked. */
export function command<P extends TProperties>({
  description,
  schema,
  bringsToken = false,
  run,
}: {
  description: string;
  schema: TObject<P>;
  bringsToken?: boolean;
  run(subscriber: Subscriber, input: Static<TObject<P>>): Promise<CommandResult>;
}): Command {
  const validator = Compile(schema);
  return {
    description,
    schema,
    bringsToken,
    run: async (subscriber, input) => {
      if (validator.Check(input)) return run(subscriber, input);
      throw new ProblemError('invalid_input', { errors: findInvalid(validator, input) });
    },
  };
}

export const MAX_REF = 64;
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
    retryAfter: Type.Optional(
      Type.Integer({ description: 'Seconds, as in the header of the same REST call' }),
    ),
  },
  {
    title: 'answer',
    description:
      'Of one frame, in the order in which they came, but for `too_fast`, which comes at once',
  },
);
export type CommandAnswer = Static<typeof CommandAnswer> & { code?: ProblemCode };
