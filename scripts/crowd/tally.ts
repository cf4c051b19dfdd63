/** What came of the requests of one process of the crowd, upgrades included. */
export class Tally {
  /** By status. */
  readonly answers: Record<string, number> = {};
  /** Answers that no client should ever see: 5xx other than a 503 that says when to come back. */
  undeclared = 0;
  /** Requests that were refused, cut off or never answered. */
  unanswered = 0;

  answered(status: number, retryAfter: string | undefined): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
    if (status >= 500 && (status !== 503 || retryAfter === undefined)) this.undeclared += 1;
  }
}
