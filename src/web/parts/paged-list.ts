import { batch, signal } from '@preact/signals';

export interface Page<T> {
  items: readonly T[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

/** A list that the server gives page by page, of what a search finds. */
export class PagedList<T> {
  readonly items = signal<readonly T[]>([]);
  readonly state = signal<'loading' | 'idle' | 'failed'>('loading');
  readonly #load: (search: string, after?: string) => Promise<Page<T>>;
  #search = '';
  #next: string | null = null;
  /** Counts the searches: what a former one answers is of no use any more. */
  #round = 0;

  constructor(load: (search: string, after?: string) => Promise<Page<T>>) {
    this.#load = load;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  /** Begins anew. What was found before stays until there is an answer. */
  async search(words: string): Promise<void> {
    this.#search = words;
    await this.#turn([]);
  }

  /** After a failure, or to see what is new. */
  async again(): Promise<void> {
    await this.#turn([]);
  }

  async more(): Promise<void> {
    if (this.state.value === 'loading' || this.#next === null) return;
    await this.#turn(this.items.value, this.#next);
  }

  async #turn(before: readonly T[], after?: string): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.state.value = 'loading';
    try {
      const { items, next } = await this.#load(this.#search, after);
      if (round !== this.#round) return;
      this.#next = next;
      batch(() => {
        this.items.value = [...before, ...items];
        this.state.value = 'idle';
      });
    } catch {
      if (round === this.#round) this.state.value = 'failed';
    }
  }
}

/** What asks the server for such a page. */
export const pageQuery = (search: string, after?: string): { search?: string; after?: string } => ({
  ...(search ? { search } : {}),
  ...(after ? { after } : {}),
});
