import { batch, computed, signal } from '@preact/signals';
import {
  type Conversation,
  DoorbellError,
  type Message,
  makeIdempotencyKey,
  type PendingPost,
} from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { announce } from '../parts/announcer.tsx';
import { findNames, nameOf } from '../people/names.ts';
import { soon } from '../shell/soon.ts';
import { text } from '../text/text.ts';
import { Members } from './members.ts';
import { failedPosts, send } from './outgoing.ts';
import { TypingPeople } from './typing-people.ts';

/** What the composer is for. */
export type Writing =
  | { kind: 'new' }
  | { kind: 'reply'; message: Message }
  | { kind: 'edit'; message: Message };

/** The conversation on screen, as it is held, from start() to stop(). */
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
  readonly writing = signal<Writing>({ kind: 'new' });
  readonly typing = new TypingPeople();
  readonly members: Members;
  /** Read up to here when it was opened; undefined when that was all. */
  unreadAfter: number | undefined;
  readonly #showSoon = soon(() => this.#show());
  #stops: (() => void)[] = [];

  constructor(id: string) {
    this.id = id;
    this.members = new Members(id);
  }

  start(): void {
    const ofThis = (listener: () => void) => (id: string) => id === this.id && listener();
    this.#stops = [
      doorbell.on('message', (message) => this.#heard(message)),
      doorbell.on('conversation', ({ id }) => id === this.id && this.#showSoon()),
      doorbell.on(
        'conversationRemoved',
        ofThis(() => this.#fail('gone')),
      ),
      doorbell.on(
        'messagesReset',
        ofThis(() => void this.load()),
      ),
      doorbell.on(
        'members',
        ofThis(() => void this.#refreshMembers()),
      ),
      doorbell.on('typing', ({ conversationId, username }) => {
        if (conversationId === this.id) this.typing.started(username);
      }),
      doorbell.on('synced', () => this.#synced()),
    ];
    void this.load();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.typing.clear();
  }

  async load(): Promise<void> {
    try {
      await doorbell.loadLast(this.id);
      const shown = doorbell.conversation(this.id);
      if (this.state.value !== 'ready' && shown && shown.unread > 0)
        this.unreadAfter = shown.readSequence;
      this.#show();
      this.state.value = 'ready';
      void this.#refreshMembers();
    } catch (error) {
      const isGone = error instanceof DoorbellError && error.status === 404;
      if (isGone || this.state.value !== 'ready') this.#fail(isGone ? 'gone' : 'failed');
    }
  }

  async loadOlder(): Promise<void> {
    if (this.older.value === 'loading' || !this.hasOlder) return;
    this.older.value = 'loading';
    try {
      await doorbell.loadOlder(this.id);
      batch(() => {
        this.older.value = 'idle';
        this.#show();
      });
    } catch {
      this.older.value = 'failed';
    }
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
    void send(post).then(() => this.#show());
    this.#show();
  }

  #heard(message: Message): void {
    if (message.conversationId !== this.id) return;
    const isNew = message.sequence > (this.messages.value.at(-1)?.sequence ?? 0);
    const { sender, body } = message;
    if (isNew && body !== null && sender !== me.value?.username)
      announce(text.value.says(nameOf(sender), body));
    this.typing.stopped(sender);
    this.#showSoon();
  }

  #fail(how: 'gone' | 'failed'): void {
    this.state.value = how;
  }

  #synced(): void {
    if (this.state.value === 'failed') void this.load();
    else void this.#refreshMembers();
  }

  async #refreshMembers(): Promise<void> {
    const { value } = this.conversation;
    if (!value) return;
    await this.members.refresh(value);
    // Of large rooms, and of those who have left.
    findNames(new Set(this.messages.value.map(({ sender }) => sender)));
  }

  #show(): void {
    batch(() => {
      this.conversation.value = doorbell.conversation(this.id);
      this.messages.value = doorbell.messages(this.id);
      this.pending.value = doorbell.pending(this.id);
    });
  }
}
