import { signal } from '@preact/signals';
import type { Conversation, Member } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { learnNames } from '../people/names.ts';

/** In larger rooms nobody hears at once what was read, so it is not shown. */
const MOST = 100;

/** The members of one conversation and how far they have read, kept up while it is shown. */
export class Members {
  readonly all = signal<readonly Member[]>([]);
  readonly #id: string;
  #isAsking = false;
  #isOutdated = false;

  constructor(id: string) {
    this.#id = id;
  }

  /** One call at a time; what happens during one asks for one more. */
  async refresh({ memberCount }: Conversation): Promise<void> {
    if (memberCount > MOST) return;
    this.#isOutdated = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isOutdated) {
      this.#isOutdated = false;
      await this.#ask();
    }
    this.#isAsking = false;
  }

  async #ask(): Promise<void> {
    try {
      const { members } = await doorbell.listMembers(this.#id, { limit: MOST });
      learnNames(members);
      this.all.value = members;
    } catch {
      // Until the next change they are shown as they were.
    }
  }
}
