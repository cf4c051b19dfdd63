import { signal } from '@preact/signals';
import type { PendingPost } from '../../client/index.ts';
import { atSignOut, doorbell } from '../doorbell.ts';
import { problemText } from '../text/problem-text.ts';

export interface FailedPost extends PendingPost {
  /** Why the server refuses it. */
  problem: string;
}

/** Posts that were refused. They stay until they are sent again or discarded. */
export const failedPosts = signal<readonly FailedPost[]>([]);

/** Resolves when the server has answered, whatever that says. */
export async function send(post: PendingPost): Promise<void> {
  discard(post.key);
  const { conversationId, body, replyTo, key } = post;
  try {
    await doorbell.post(conversationId, body, { replyTo, key });
  } catch (error) {
    fail(post, error);
  }
}

export function startOutgoing(): void {
  doorbell.on('postRefused', ({ post, error }) => fail(post, error));
  atSignOut(() => {
    failedPosts.value = [];
  });
}

function fail(post: PendingPost, error: unknown): void {
  failedPosts.value = [...failedPosts.value, { ...post, problem: problemText(error) }];
}

export function discard(key: string): void {
  failedPosts.value = failedPosts.value.filter((post) => post.key !== key);
}
