import { batch, computed, signal } from '@preact/signals';
import {
  type Conversation,
  DoorbellError,
  type Message,
  makeIdempotencyKey,
  type PendingPost,
} from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { findNames } from '../people/names.ts';
import { Members } from './members.ts';
import { failedPosts, send } from './outgoing.ts';
import { TypingPeople } from './typing-people.ts';

/** What the composer is for. */
export type Writing =
  | { kind: 'new' }
  | { kind: 'reply'; message: Message }
  | { kind: 'edit'; message: Message };

/** The conversation on screen; see follow(). */
export class OpenConversation {
  readonly id: string;
  readonly state = signal<'loading' | 'ready' | 'gone' | 'failed'>('loading');
  readonly older = signal<'idle' | 'loading' | 'failed'>('idle');
  readonly conversation = signal<Conversation | undefined>();
  readonly messages = signal<readonly Message[]>([]);
  readonly pending = signal<readonly PendingPost[]>([]);
  readonly failed = computed(() =>
    failedPosts.value.filter(({ conversationId }) => conversationId === this.id),
  );
  readonly isRoom = computed(() => this.conversation.value?.kind === 'room');
  readonly role = computed(() => this.conversation.value?.role);
  /** By id. */
  readonly held = computed(() => new Map(this.messages.value.map((one) => [one.id, one])));
  /** The id of a message that is to be shown next and have the focus. */
  readonly sought = signal<string | undefined>();
  readonly writing = signal<Writing>({ kind: 'new' });
  readonly typing = new TypingPeople();
  readonly members: Members;
  /** Read up to here when it was opened, or left for another window; undefined when that was all. */
  unreadAfter: number | undefined;

  constructor(id: string) {
    this.id = id;
    this.members = new Members(id);
  }

  /** Again, too, when the first attempt failed or what was held was dropped. */
  async load(): Promise<void> {
    try {
      await doorbell.loadLast(this.id);
      const shown = doorbell.conversation(this.id);
      if (this.state.value !== 'ready' && shown && shown.unread > 0)
        this.unreadAfter = shown.readSequence;
      this.show();
      this.state.value = 'ready';
      void this.refreshMembers();
    } catch (error) {
      const isGone = error instanceof DoorbellError && error.status === 404;
      if (isGone) this.state.value = 'gone';
      else if (this.state.value !== 'ready') this.state.value = 'failed';
    }
  }

  async loadOlder(): Promise<void> {
    if (this.older.value === 'loading' || !this.hasOlder) return;
    this.older.value = 'loading';
    try {
      await doorbell.loadOlder(this.id);
      batch(() => {
        this.older.value = 'idle';
        this.show();
      });
    } catch {
      this.older.value = 'failed';
    }
  }

  get firstUnread(): number | undefined {
    return this.unreadAfter === undefined ? undefined : this.unreadAfter + 1;
  }

  get hasOlder(): boolean {
    return doorbell.hasOlder(this.id);
  }

  /** Shown at once; what becomes of it is seen. */
  post(body: string, replyTo: string | null): void {
    const post = { conversationId: this.id, body, replyTo, key: makeIdempotencyKey() };
    this.sendAgain(post);
  }

  sendAgain(post: PendingPost): void {
    void send(post).then(() => this.show());
    this.show();
  }

  async refreshMembers(): Promise<void> {
    const { value } = this.conversation;
    if (!value) return;
    await this.members.refresh(value);
    // Of large rooms, and of those who have left.
    findNames(new Set(this.messages.value.map(({ sender }) => sender)));
  }

  /** As the client holds it now. */
  show(): void {
    batch(() => {
      this.conversation.value = doorbell.conversation(this.id);
      this.messages.value = doorbell.messages(this.id);
      this.pending.value = doorbell.pending(this.id);
    });
  }
}
