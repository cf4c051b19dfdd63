import { signal } from '@preact/signals';
import { me } from '../account/sign-in-state.ts';
import { kept } from '../shell/kept.ts';

type Drafts = Readonly<Record<string, string>>;

const nameOfKept = (): string => `drafts of ${me.peek()?.username}`;

const drafts = signal<Drafts>({});
let owner: string | undefined;

/** Those of whoever is signed in, for others may use this browser too. */
function current(): Drafts {
  const username = me.peek()?.username;
  if (username !== owner) {
    owner = username;
    drafts.value = parse(kept.get(nameOfKept()));
  }
  return drafts.value;
}

/** What was written in a conversation and not sent. */
export const draftOf = (conversationId: string): string => current()[conversationId] ?? '';

export function keepDraft(conversationId: string, body: string): void {
  const { [conversationId]: _old, ...others } = current();
  drafts.value = body.trim() === '' ? others : { ...others, [conversationId]: body };
  kept.set(nameOfKept(), JSON.stringify(drafts.value));
}

export function forgetDrafts(): void {
  kept.set(`drafts of ${owner}`, undefined);
  drafts.value = {};
}

const parse = (text: string | undefined): Drafts => {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
};
