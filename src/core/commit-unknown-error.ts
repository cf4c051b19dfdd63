/** COMMIT failed: the transaction happened as a whole or not at all, and it may be that nobody here knows which. */
export class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';

  constructor(cause: unknown) {
    super('COMMIT failed', { cause });
  }
}
