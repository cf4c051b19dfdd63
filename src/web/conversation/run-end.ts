import { batch, signal } from '@preact/signals';

interface Paging {
  hasMore: () => boolean;
  /** Resolves with the function that takes in what was fetched. */
  fetchPage: () => Promise<() => void>;
}

/** One end of a run of messages, where more of them come in page by page. */
export class RunEnd {
  readonly state = signal<'idle' | 'loading' | 'failed'>('idle');
  readonly #paging: Paging;

  constructor(paging: Paging) {
    this.#paging = paging;
  }

  get hasMore(): boolean {
    return this.#paging.hasMore();
  }

  async more(): Promise<void> {
    if (this.state.value === 'loading' || !this.hasMore) return;
    this.state.value = 'loading';
    try {
      const take = await this.#paging.fetchPage();
      batch(() => {
        this.state.value = 'idle';
        take();
      });
    } catch {
      this.state.value = 'failed';
    }
  }
}
