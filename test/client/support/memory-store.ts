import type {
  Kept,
  KeptConversation,
  KeptStore,
  Me,
  PendingPost,
} from '../../../src/client/index.ts';

/** What would be on the disk of a device. */
export class MemoryStore implements KeptStore {
  me: Me | undefined;
  readonly conversations = new Map<string, KeptConversation>();
  posts: PendingPost[] = [];

  async owner(): Promise<Me | undefined> {
    return this.me;
  }

  async open(me: Me): Promise<Kept> {
    if (this.me?.username !== me.username) await this.clear();
    this.me = me;
    return structuredClone({ conversations: [...this.conversations.values()], posts: this.posts });
  }

  async putConversations(
    username: string,
    changes: ReadonlyMap<string, KeptConversation | undefined>,
  ): Promise<void> {
    if (this.me?.username !== username) return;
    for (const [id, kept] of changes) {
      if (kept) this.conversations.set(id, structuredClone(kept));
      else this.conversations.delete(id);
    }
  }

  async addPost(username: string, post: PendingPost): Promise<void> {
    if (this.me?.username === username) this.posts.push(post);
  }

  async deletePost(key: string): Promise<void> {
    this.posts = this.posts.filter((post) => post.key !== key);
  }

  async clear(): Promise<void> {
    this.me = undefined;
    this.conversations.clear();
    this.posts = [];
  }
}
