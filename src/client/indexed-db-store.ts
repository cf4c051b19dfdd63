import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { Me } from '../users/schemas.ts';
import type { Kept, KeptConversation, KeptStore } from './kept-store.ts';
import type { PendingPost } from './post-queue.ts';

/** To be raised whenever what is kept changes its shape: what an older page kept is then forgotten. */
const VERSION = 1;

interface Schema extends DBSchema {
  owner: { key: 'me'; value: Me };
  conversations: { key: string; value: KeptConversation };
  /** By when they were added. */
  posts: { key: number; value: PendingPost; indexes: { key: string } };
}

const STORES: ('owner' | 'conversations' | 'posts')[] = ['owner', 'conversations', 'posts'];

type Transaction = IDBPTransaction<Schema, typeof STORES, 'readwrite'>;

/** A file of its own, because only browsers have it: in the IndexedDB database of this name, which all pages of the origin share. */
export const indexedDbStore = (name = 'doorbell'): KeptStore => new IndexedDbStore(name);

class IndexedDbStore implements KeptStore {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  async owner(): Promise<Me | undefined> {
    return (await this.#database()).get('owner', 'me');
  }

  async open(me: Me): Promise<Kept> {
    const transaction = (await this.#database()).transaction(STORES, 'readwrite');
    const [owner, conversations, posts] = [
      transaction.objectStore('owner'),
      transaction.objectStore('conversations'),
      transaction.objectStore('posts'),
    ];
    if ((await owner.get('me'))?.username !== me.username)
      await Promise.all([conversations.clear(), posts.clear()]);
    await owner.put(me, 'me');
    const kept = {
      conversations: await conversations.getAll(),
      posts: await posts.getAll(),
    };
    await transaction.done;
    return kept;
  }

  putConversations(
    username: string,
    changes: ReadonlyMap<string, KeptConversation | undefined>,
  ): Promise<void> {
    return this.#write(username, async (transaction) => {
      const store = transaction.objectStore('conversations');
      for (const [id, kept] of changes) await (kept ? store.put(kept, id) : store.delete(id));
    });
  }

  addPost(username: string, post: PendingPost): Promise<void> {
    return this.#write(username, async (transaction) => {
      const store = transaction.objectStore('posts');
      if ((await store.index('key').getKey(post.key)) === undefined) await store.add(post);
    });
  }

  async deletePost(key: string): Promise<void> {
    const transaction = (await this.#database()).transaction('posts', 'readwrite');
    const place = await transaction.store.index('key').getKey(key);
    if (place !== undefined) await transaction.store.delete(place);
    await transaction.done;
  }

  async clear(): Promise<void> {
    const transaction = (await this.#database()).transaction(STORES, 'readwrite');
    await Promise.all(STORES.map((store) => transaction.objectStore(store).clear()));
    await transaction.done;
  }

  /** Another page may have signed in as somebody else meanwhile. */
  async #write(username: string, write: (transaction: Transaction) => Promise<void>) {
    const transaction = (await this.#database()).transaction(STORES, 'readwrite');
    const owner = await transaction.objectStore('owner').get('me');
    if (owner?.username === username) await write(transaction);
    await transaction.done;
  }

  #database(): Promise<IDBPDatabase<Schema>> {
    this.#opened ??= openDB<Schema>(this.#name, VERSION, {
      upgrade: (database) => {
        for (const store of database.objectStoreNames) database.deleteObjectStore(store);
        database.createObjectStore('owner');
        database.createObjectStore('conversations');
        database.createObjectStore('posts', { autoIncrement: true }).createIndex('key', 'key', {
          unique: true,
        });
      },
      // A newer page wants to change the shape: it waits until this one lets go.
      blocking: () => void this.#opened?.then((database) => database.close()),
      terminated: () => {
        this.#opened = undefined;
      },
    });
    return this.#opened;
  }
}
