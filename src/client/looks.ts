import type { Gather } from './gather.ts';
import type { LastLines } from './last-lines.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

/** A conversation that is further behind than this begins anew with its last messages, as `/sync` has it too. */
const MOST_MISSING = 500;

interface LooksOptions {
  replica: Replica;
  gather: Gather;
  screen: Screen;
  lastLines: LastLines;
}

/** What comes on screen is fetched as far as it is missing. */
export class Looks {
  readonly #options: LooksOptions;

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** These and no others are on screen, and of those that are `listed` the last lines. */
  showOnly(conversationIds: Iterable<string>, listed: Iterable<string>): void {
    const { screen, gather, lastLines } = this.#options;
    const ids = [...conversationIds];
    const areNew = ids.some((id) => !screen.shows(id));
    screen.showOnly(ids, listed);
    for (const id of ids) this.#complete(id);
    if (areNew) gather.hurry();
    lastLines.look();
  }

  /** One more. Resolves when it is complete, or cannot be for now. */
  async show(conversationId: string): Promise<void> {
    const { screen, gather } = this.#options;
    screen.show(conversationId);
    if (this.#complete(conversationId)) await gather.attempted();
  }

  /** Returns whether anything is missing. */
  #complete(id: string): boolean {
    const { replica, gather } = this.#options;
    const unfetched = replica.unfetched(id);
    const outdated = unfetched?.takeOutdated() ?? [];
    for (const sequence of outdated) gather.add('update', `${id}-${sequence}`);
    const lag = unfetched?.lag ?? 0;
    if (lag > 0) gather.add(lag > MOST_MISSING ? 'reset' : 'gap', id);
    return lag > 0 || outdated.length > 0;
  }
}
