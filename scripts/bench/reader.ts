import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds, and ids of one call: as the SDK has them. */
const GATHER_TIME = 20;
const MAX_IDS = 100;

/** Fetches what rings by the rule of the SDK: gathered for some milliseconds, by one call at a time. */
export class Reader {
  readonly #fetchAll: (ids: readonly string[]) => Promise<string[]>;
  readonly #heard: (bodies: readonly string[]) => void;
  readonly #onTrouble: (trouble: string) => void;
  #ids: string[] = [];
  #isReading = false;

  constructor(
    fetchAll: (ids: readonly string[]) => Promise<string[]>,
    heard: (bodies: readonly string[]) => void,
    onTrouble: (trouble: string) => void,
  ) {
    this.#fetchAll = fetchAll;
    this.#heard = heard;
    this.#onTrouble = onTrouble;
  }

  add(id: string): void {
    this.#ids.push(id);
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#ids.length > 0) {
      await sleep(GATHER_TIME);
      try {
        this.#heard(await this.#fetchAll(this.#ids.splice(0, MAX_IDS)));
      } catch (error) {
        this.#onTrouble(error instanceof Error ? error.message : String(error));
      }
    }
    this.#isReading = false;
  }
}
