import type { ServerFrame } from '../notifications/frames.ts';
import type { Emit } from './events.ts';
import type { Gather } from './gather.ts';
import type { LastLines } from './last-lines.ts';
import { type Place, placeOf } from './message-id.ts';
import { Pace } from './pace.ts';
import type { Patience } from './patience.ts';
import type { Replica } from './replica.ts';
import type { Screen } from './screen.ts';

interface ListenerOptions {
  username: string;
  replica: Replica;
  gather: Gather;
  patience: Patience;
  screen: Screen;
  lastLines: LastLines;
  emit: Emit;
  /** To sync: frames were dropped, or so many changes were heard that the positions lag far behind. */
  onResync: () => void;
  onManyChanges: () => void;
}

/** Milliseconds between two looks at one message or conversation: in a small one, every read marker rings. */
const PACE = 300;

/** Milliseconds in which users are gathered: after a restart of the server all come online at once. */
const PACE_OF_USERS = 2_000;

/**
 * The positions of /sync move when something is synced and not with each frame. Beyond 500 changes it says to
 * drop all that is held instead, which no client that kept its connection should be told.
 */
const MANY_CHANGES = 200;

/**
 * What the frames of the socket lead to. Each is only a hint where to look, so neither order nor number matter;
 * bursts about the same thing are looked at twice, at their beginning and at their end.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #pace = new Pace(PACE);
  readonly #paceOfUsers = new Pace(PACE_OF_USERS);
  readonly #users = new Set<string>();
  #changes = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Frames with other names are passed over: a server may be newer than its clients. */
  receive(frame: ServerFrame): void {
    const { gather, patience, onResync } = this.#options;
    if (frame.event === 'message.created') this.#created(frame.id);
    else if (frame.event === 'heartbeat') patience.spread = frame.spread ?? patience.spread;
    else if (frame.event === 'message.updated') this.#changed(frame.id);
    else if (frame.event === 'conversation.created') gather.add('conversation', frame.id);
    else if (frame.event === 'conversation.updated') this.#updated(frame.id);
    // Who was removed may be a member again by now, and then from another point on.
    else if (frame.event === 'conversation.removed') gather.add('reset', frame.id);
    else if (frame.event === 'user.updated') this.#userUpdated(frame.id);
    else if (frame.event === 'typing') this.#typing(frame.id, frame.user);
    else if (frame.event === 'resync') onResync();
  }

  /** What is due is left to the sync of the next connection. */
  stop(): void {
    this.#pace.stop();
    this.#paceOfUsers.stop();
  }

  #created(messageId: string): void {
    const { gather, patience, replica, lastLines } = this.#options;
    const unseen = this.#placeUnseen(messageId);
    if (unseen) {
      replica.ring(unseen);
      lastLines.changed(unseen.conversationId);
    } else gather.add('message', messageId, patience.of(messageId));
  }

  #changed(messageId: string): void {
    const { gather, patience, replica, lastLines, emit } = this.#options;
    this.#pace.run(`message ${messageId}`, () => {
      const unseen = this.#placeUnseen(messageId);
      if (unseen) {
        replica.outdate(unseen);
        lastLines.changed(unseen.conversationId);
      } else gather.add('update', messageId, patience.of(messageId));
      if (this.#isBeforeHeld(messageId)) emit('messageChanged', messageId);
    });
    this.#changes += 1;
    if (this.#changes % MANY_CHANGES === 0) this.#options.onManyChanges();
  }

  /** Undefined where a fetch is due: for what is on screen, or not held at all. */
  #placeUnseen(messageId: string): Place | undefined {
    const { replica, screen } = this.#options;
    const place = placeOf(messageId);
    if (!place || screen.shows(place.conversationId)) return undefined;
    return replica.conversation(place.conversationId) && place;
  }

  #isBeforeHeld(messageId: string): boolean {
    const place = placeOf(messageId);
    if (!place) return false;
    const range = this.#options.replica.range(place.conversationId);
    return range !== undefined && place.sequence < range.from;
  }

  #updated(conversationId: string): void {
    const { gather, patience, replica, emit } = this.#options;
    this.#pace.run(`conversation ${conversationId}`, () => {
      gather.add('conversation', conversationId, patience.of(conversationId));
      if (replica.conversation(conversationId)) emit('members', conversationId);
    });
  }

  #userUpdated(username: string): void {
    this.#users.add(username);
    this.#paceOfUsers.run('users', () => this.#lookAtUsers());
  }

  /** A direct conversation shows its other party, so fetching it fetches the user; many are one page of the list. */
  #lookAtUsers(): void {
    const { gather, replica, emit } = this.#options;
    const directs = new Map(
      replica.conversations().map(({ id, with: user }) => [user?.username, id]),
    );
    const users = [...this.#users];
    this.#users.clear();
    for (const username of users) {
      const direct = directs.get(username);
      if (direct !== undefined) gather.add('conversation', direct);
      emit('user', username);
    }
  }

  #typing(conversationId: string, username: string): void {
    const { replica, emit } = this.#options;
    if (username === this.#options.username || !replica.conversation(conversationId)) return;
    emit('typing', { conversationId, username });
  }
}
