import { Type } from '@fastify/type-provider-typebox';

/** Every `code` that an answer can carry. Codes are part of the contract: add, never rename. */
const PROBLEMS = {
  invalid_input: [400, 'A value is not what this call takes; see errors.'],
  malformed_request: [400, 'The request could not be read.'],
  subprotocol_required: [400, 'Ask for the WebSocket subprotocol doorbell.v1.'],
  unauthenticated: [401, 'Sign in: the access token is missing, ended or not valid.'],
  wrong_credentials: [401, 'The username or the password is wrong.'],
  refresh_token_spent: [401, 'The refresh token is not valid any more; sign in again.'],
  foreign_origin: [403, 'Pages of this origin may not do this; see ALLOWED_ORIGINS.'],
  account_disabled: [403, 'This account has been disabled; ask whoever runs the server.'],
  role_required: [403, 'This needs a role in the conversation that you do not have.'],
  not_the_sender: [403, 'Only who sent a message can change it.'],
  rooms_only: [403, 'This is for rooms; a direct conversation has its two members for good.'],
  wrong_password: [403, 'The current password is wrong.'],
  blocked: [403, 'One of you has blocked the other.'],
  mail_token_spent: [400, 'The link is not valid any more; ask for another one.'],
  not_found: [404, 'There is no such thing, or it is not yours to see.'],
  username_taken: [409, 'This username is taken.'],
  email_taken: [409, 'This e-mail address already has an account.'],
  user_deleted: [409, 'The account of the other one has been deleted.'],
  last_admin: [409, 'The server needs an admin; make somebody else one first.'],
  room_full: [409, 'The room has as many members as it may have.'],
  last_owner: [409, 'The room needs an owner; make somebody else one first.'],
  message_deleted: [409, 'The message was deleted.'],
  too_many_reactions: [409, 'The message has as many different reactions as it may have.'],
  body_too_large: [413, 'The request body is too large.'],
  unsupported_media_type: [415, 'Send application/json.'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used for a different message.'],
  no_socket_here: [400, 'Only /api/v1/socket can be upgraded to a WebSocket.'],
  upgrade_required: [426, 'This address speaks WebSocket; ask for an upgrade.'],
  too_fast: [429, 'Too many requests; slow down.'],
  internal: [500, 'Something went wrong here; the request id finds it in the log.'],
  overloaded: [503, 'There is too much to do at the moment; try again shortly.'],
  unavailable: [503, 'A part that this needs is away; try again shortly.'],
} as const satisfies Record<string, readonly [status: number, detail: string]>;

/** With every 503. */
export const RETRY_AFTER_SECONDS = 2;

export type ProblemCode = keyof typeof PROBLEMS;

export interface InvalidValue {
  path: string;
  message: string;
}

/** Thrown where a problem is known; the error handler translates it once, for REST and socket alike. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly InvalidValue[] | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ProblemCode,
    options: { errors?: readonly InvalidValue[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(PROBLEMS[code][1], { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code][0];
    this.errors = options.errors;
    this.retryAfter = options.retryAfter ?? (this.status === 503 ? RETRY_AFTER_SECONDS : undefined);
  }
}

/** The same answer for absent and forbidden, so that an id tells a stranger nothing. */
export const notFound = (): ProblemError => new ProblemError('not_found');

/** A 400 that names one value, for rules that a schema cannot say. */
export const invalidValue = (path: string, message: string): ProblemError =>
  new ProblemError('invalid_input', { errors: [{ path, message }] });

/** RFC 9457 problem details. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'about:blank: the code says what happened' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.Enum(Object.keys(PROBLEMS) as ProblemCode[]),
    requestId: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'With invalid_input: which values, and what is wrong with them',
      }),
    ),
  },
  { title: 'Problem' },
);

/** A Markdown table of the codes, for the API pages. */
export const describeProblems = (): string =>
  [
    '| code | status | meaning |',
    '|---|---|---|',
    ...Object.entries(PROBLEMS).map(
      ([code, [status, detail]]) => `| \`${code}\` | ${status} | ${detail} |`,
    ),
  ].join('\n');
