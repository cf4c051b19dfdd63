/** The answer to a COMMIT was lost: the transaction happened as a whole or not at all, and nobody here knows which. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';

  constructor(cause: unknown) {
    super('the answer to a COMMIT was lost', { cause });
  }
}
