/** What the program has told to be on screen. */
export class Screen {
  /** Ids of conversations. Undefined: any may be. */
  #open: Set<string> | undefined;
  #listed: ReadonlySet<string> = new Set();

  /** Whether the messages of this conversation are looked at. */
  shows(conversationId: string): boolean {
    return this.#open?.has(conversationId) ?? true;
  }

  /** Conversations of which the last line alone is looked at. */
  get listed(): string[] {
    return [...this.#listed].filter((id) => !this.shows(id));
  }

  lists(conversationId: string): boolean {
    return this.#listed.has(conversationId) && !this.shows(conversationId);
  }

  showOnly(open: Iterable<string>, listed: Iterable<string>): void {
    this.#open = new Set(open);
    this.#listed = new Set(listed);
  }

  /** One more. */
  show(conversationId: string): void {
    this.#open?.add(conversationId);
  }
}
