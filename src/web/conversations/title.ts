import type { Conversation } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { text } from '../text/text.ts';

type Titled = Pick<Conversation, 'kind' | 'title' | 'with'>;

/** What a conversation is called. */
export function titleOf({ kind, title, with: other }: Titled): string {
  if (kind === 'room') return title ?? '';
  if (!other) return text.value.deletedPerson;
  return other.username === me.value?.username ? text.value.notes : other.displayName;
}
