interface Failure {
  status: number;
  code: string;
  detail: string;
  errors?: readonly { path: string; message: string }[] | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  cause?: unknown;
}

/**
 * A call that failed. `status` is the HTTP status, or 0 when no answer came: then the call may or may
 * not have taken effect. `code` is the server's stable code, or `unreachable`, `signed_out`, `closed`,
 * `unexpected_answer` from the client itself.
 */
export class DoorbellError extends Error {
  override readonly name = 'DoorbellError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** With `invalid_input`: which values, and what is wrong with them. */
  readonly errors: readonly { path: string; message: string }[];
  readonly requestId: string | undefined;
  /** Milliseconds that the server asked to wait for. */
  readonly retryAfter: number | undefined;

  constructor(failure: Failure) {
    super(failure.detail, { cause: failure.cause });
    this.status = failure.status;
    this.code = failure.code;
    this.detail = failure.detail;
    this.errors = failure.errors ?? [];
    this.requestId = failure.requestId;
    this.retryAfter = failure.retryAfter;
  }
}

export const unreachable = (detail: string, cause?: unknown): DoorbellError =>
  new DoorbellError({ status: 0, code: 'unreachable', detail, cause });

export const signedOut = (): DoorbellError =>
  new DoorbellError({ status: 401, code: 'signed_out', detail: 'Signed out; log in again.' });

export const closed = (): DoorbellError =>
  new DoorbellError({ status: 0, code: 'closed', detail: 'The client was closed.' });

/** The same call may succeed later: no answer, a timeout, too fast, or a fault of the server. */
export const isTransient = (error: unknown): boolean =>
  error instanceof DoorbellError &&
  (error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500);

/** The thing is not there or not ours. A 401 is not in it: that says something about us alone. */
export const isGone = (error: unknown): boolean =>
  error instanceof DoorbellError &&
  !isTransient(error) &&
  error.status >= 400 &&
  error.status !== 401;

export const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof DoorbellError ? error.retryAfter : undefined;
