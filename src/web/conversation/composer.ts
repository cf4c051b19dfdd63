import { computed, signal } from '@preact/signals';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { tellProblem } from '../parts/notice.tsx';
import { draftOf, keepDraft } from './drafts.ts';
import type { OpenConversation, Writing } from './open-conversation.ts';

/** Unicode code points, as the server counts. */
const LONGEST = 4_000;

/** What is being written in one conversation. */
export class Composer {
  readonly body = signal('');
  readonly left = computed(() => LONGEST - [...this.body.value.trim()].length);
  readonly canSend = computed(() => this.body.value.trim() !== '' && this.left.value >= 0);
  readonly #open: OpenConversation;

  constructor(open: OpenConversation) {
    this.#open = open;
    this.body.value = draftOf(open.id);
  }

  /** To be told of every key. */
  write(body: string): void {
    this.body.value = body;
    if (this.#open.writing.value.kind === 'edit') return;
    keepDraft(this.#open.id, body);
    if (body !== '') doorbell.typing(this.#open.id);
  }

  /** Takes up what is written from now on; what was written before an edit comes back after it. */
  begin(writing: Writing): void {
    this.body.value =
      writing.kind === 'edit' ? (writing.message.body ?? '') : draftOf(this.#open.id);
  }

  cancel(): void {
    this.#open.writing.value = { kind: 'new' };
  }

  /** Returns whether there was anything to send. */
  submit(): boolean {
    if (!this.canSend.value) return false;
    const body = this.body.value.trim();
    const writing = this.#open.writing.value;
    if (writing.kind === 'edit') {
      doorbell.edit(writing.message.id, body).catch(tellProblem);
    } else {
      this.write('');
      this.#open.post(body, writing.kind === 'reply' ? writing.message.id : null);
    }
    this.cancel();
    return true;
  }

  editLast(): void {
    const own = this.#open.messages.value.findLast(
      ({ sender, body }) => sender === me.value?.username && body !== null,
    );
    if (own) this.#open.writing.value = { kind: 'edit', message: own };
  }
}
