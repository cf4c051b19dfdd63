import { signal } from '@preact/signals';

/** Milliseconds that one report of typing is good for. */
const GOOD_FOR = 5_000;

/** Who is typing in one conversation. */
export class TypingPeople {
  readonly usernames = signal<readonly string[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  started(username: string): void {
    clearTimeout(this.#timers.get(username));
    this.#timers.set(
      username,
      setTimeout(() => this.stopped(username), GOOD_FOR),
    );
    this.#show();
  }

  stopped(username: string): void {
    clearTimeout(this.#timers.get(username));
    if (this.#timers.delete(username)) this.#show();
  }

  clear(): void {
    for (const username of [...this.#timers.keys()]) this.stopped(username);
  }

  #show(): void {
    this.usernames.value = [...this.#timers.keys()];
  }
}
