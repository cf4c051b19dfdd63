import { batch, computed, signal } from '@preact/signals';
import {
  type Conversation,
  DoorbellError,
  type Message,
  makeIdempotencyKey,
  type PendingPost,
} from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { tellProblem } from '../parts/notice.tsx';
import { findNames } from '../people/names.ts';
import { Members } from './members.ts';
import { failedPosts, send } from './outgoing.ts';
import { Place } from './place.ts';
import { RunEnd } from './run-end.ts';
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
  readonly conversation = signal<Conversation | undefined>();
  /** Those that the client holds, up to the newest. */
  readonly messages = signal<readonly Message[]>([]);
  readonly place: Place;
  readonly pending = signal<readonly PendingPost[]>([]);
  readonly failed = computed(() =>
    failedPosts.value.filter(({ conversationId }) => conversationId === this.id),
  );
  readonly isRoom = computed(() => this.conversation.value?.kind === 'room');
  readonly role = computed(() => this.conversation.value?.role);
  /** By id, those of `place`. */
  readonly shown = computed(() => new Map(this.place.shown.value.map((one) => [one.id, one])));
  readonly writing = signal<Writing>({ kind: 'new' });
  readonly typing = new TypingPeople();
  readonly members: Members;
  /** Read up to here when it was opened, or left for another window; undefined when that was all. */
  unreadAfter: number | undefined;
  /** Before the held messages. */
  readonly #older: RunEnd;

  constructor(id: string) {
    this.id = id;
    this.members = new Members(id);
    this.place = new Place(id, this.messages, () => this.#findNames());
    this.#older = new RunEnd({
      hasMore: () => doorbell.hasOlder(id),
      fetchPage: () => this.#fetchOlder(),
    });
  }

  /** Before the messages that are shown. */
  get older(): RunEnd {
    return this.place.excerpt.value?.older ?? this.#older;
  }

  /** Again, too, when the first attempt failed or what was held was dropped. */
  async load(): Promise<void> {
    try {
      await doorbell.loadLast(this.id);
      const shown = doorbell.conversation(this.id);
      if (this.state.value !== 'ready' && shown && shown.unread > 0)
        this.unreadAfter = shown.readSequence;
      this.show();
      await this.place.arrive();
      this.state.value = 'ready';
      void this.refreshMembers();
    } catch (error) {
      const isGone = error instanceof DoorbellError && error.status === 404;
      if (isGone) this.state.value = 'gone';
      else if (this.state.value !== 'ready') this.state.value = 'failed';
    }
  }

  /** Follows the address, which names a message or, for the newest, none. */
  async goTo(sequence: number | undefined): Promise<void> {
    this.place.want(sequence);
    if (this.state.value !== 'ready') return;
    try {
      await this.place.arrive();
      this.#findNames();
    } catch (error) {
      tellProblem(error);
      this.place.toNewest();
    }
  }

  get firstUnread(): number | undefined {
    return this.unreadAfter === undefined ? undefined : this.unreadAfter + 1;
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
    this.#findNames();
  }

  /** As the client holds it now. */
  show(): void {
    batch(() => {
      this.conversation.value = doorbell.conversation(this.id);
      this.messages.value = doorbell.messages(this.id);
      this.pending.value = doorbell.pending(this.id);
    });
  }

  async #fetchOlder(): Promise<() => void> {
    await doorbell.loadOlder(this.id);
    return () => {
      this.show();
      this.#findNames();
    };
  }

  /** Of large rooms not all members are listed, and nowhere those who have left. */
  #findNames(): void {
    findNames(new Set(this.place.shown.value.map(({ sender }) => sender)));
  }
}
