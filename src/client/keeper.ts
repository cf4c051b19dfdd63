import type { Me } from '../users/schemas.ts';
import type { Kept, KeptConversation, KeptStore } from './kept-store.ts';
import type { PendingPost } from './post-queue.ts';

/** Milliseconds in which changes of what is held are gathered. A loss of them costs a larger sync, no more. */
const PAUSE = 500;

const NOTHING: Kept = { conversations: [], posts: [] };

/** Writes what one user holds to a store, in order. A store that fails, or is full, is as good as none. */
export class Keeper {
  readonly #store: KeptStore;
  readonly #username: string;
  readonly #snapshot: (conversationId: string) => KeptConversation | undefined;
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writes: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(
    store: KeptStore,
    username: string,
    snapshot: (conversationId: string) => KeptConversation | undefined,
  ) {
    this.#store = store;
    this.#username = username;
    this.#snapshot = snapshot;
  }

  conversationChanged(id: string): void {
    if (this.#isStopped) return;
    this.#changed.add(id);
    this.#timer ??= setTimeout(() => this.flush(), PAUSE);
  }

  /** At once: nobody could tell the server of a message that is lost here. */
  posted(post: PendingPost): void {
    this.#write(() => this.#store.addPost(this.#username, post));
  }

  answered({ key }: PendingPost): void {
    this.#write(() => this.#store.deletePost(key));
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = new Map([...this.#changed].map((id) => [id, this.#snapshot(id)]));
    this.#changed.clear();
    if (changes.size > 0) this.#write(() => this.#store.putConversations(this.#username, changes));
  }

  /** Forgets everything: nobody is signed in any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#write(() => this.#store.clear());
    this.#isStopped = true;
  }

  #write(write: () => Promise<void>): void {
    if (!this.#isStopped) this.#writes = this.#writes.then(write).catch(() => {});
  }
}

/** What was kept for this user, whose store it is from now on. */
export const openKept = (store: KeptStore | undefined, me: Me): Promise<Kept> =>
  store?.open(me).catch(() => NOTHING) ?? Promise.resolve(NOTHING);
