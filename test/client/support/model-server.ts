import type { Conversation, Message, MessagePage } from '../../../src/client/index.ts';
import type { AnnouncedFrame, SyncFrame } from '../../../src/notifications/frames.ts';
import type { Position, SyncAnswer } from '../../../src/sync/schemas.ts';
import { conversationOf, messageOf } from './objects.ts';
import type { Random } from './random.ts';

interface Member {
  readSequence: number;
  hiddenThrough: number;
  archivedSequence: number;
  muted: boolean;
  view: number;
  joinedVersion: number;
}

interface Talk {
  id: string;
  title: string;
  history: 'all' | 'joined';
  version: number;
  messages: Message[];
  /** By sequence, the version of the latest change. */
  changes: Map<number, number>;
  /** Ana; undefined while she is not a member. */
  ana: Member | undefined;
}

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const MAX_GAP = 20;

/**
 * What a Doorbell server answers and announces to one user, ana, in a few lines and without time: every change and
 * every answer happens at one moment. Others in her rooms, and her other devices, do things at random.
 */
export class ModelServer {
  readonly #talks: Talk[] = [];
  readonly #chance: Random;
  readonly #ring: (frame: AnnouncedFrame) => void;

  constructor(chance: Random, ring: (frame: AnnouncedFrame) => void) {
    this.#chance = chance;
    this.#ring = ring;
    for (const id of ['1', '2', '3']) {
      const history = chance.percent(50) ? 'all' : 'joined';
      const ana = newMember(0, 0, 1);
      const talk = { id, title: `Room ${id}`, history, version: 1, messages: [], ana } as const;
      this.#talks.push({ ...talk, messages: [], changes: new Map() });
      for (let n = chance.below(30); n > 0; n -= 1) this.#post(this.#talk(id), 'ben', '');
    }
  }

  /** Somebody does something. */
  act(): void {
    const talk = this.#talks[this.#chance.below(this.#talks.length)];
    if (!talk) return;
    const kinds = 8;
    if (this.#chance.percent(35)) this.#post(talk, this.#chance.percent(75) ? 'ben' : 'ana', 'new');
    else if (this.#chance.percent(50)) this.#change(talk, this.#chance.percent(30));
    else this.#other(talk, this.#chance.below(kinds));
  }

  conversations(): Conversation[] {
    return this.#talks.flatMap(({ ana, ...talk }) => (ana ? [view({ ...talk, ana })] : []));
  }

  messages(id: string): Message[] {
    const { messages, ana } = this.#talk(id);
    return ana ? messages.filter(({ sequence }) => sequence > ana.hiddenThrough) : [];
  }

  /** The body of the answer; undefined for a 404. */
  answer(method: string, url: URL, body: string | undefined): unknown {
    const [, , , collection, id = '', part] = url.pathname.split('/');
    const query = Object.fromEntries(url.searchParams);
    if (collection === 'sync') return this.#sync(JSON.parse(body ?? '').conversations);
    if (collection === 'messages' && method === 'PATCH') return this.#edit(id);
    if (collection === 'messages') return this.#batch((query['ids'] ?? '').split(','));
    if (id === '') return { conversations: this.conversations(), hasMore: false, next: null };
    const talk = this.#talks.find((one) => one.id === id);
    const { ana } = talk ?? {};
    if (!talk || !ana) return undefined;
    if (part === 'messages' && method === 'POST') return this.#post(talk, 'ana', 'of this device');
    if (part === 'messages') return this.#page(talk.id, query);
    if (part === 'read') this.#view(talk, { readSequence: JSON.parse(body ?? '').sequence });
    return view({ ...talk, ana });
  }

  #talk(id: string): Talk {
    const talk = this.#talks.find((one) => one.id === id);
    if (!talk) throw new Error(`no conversation ${id}`);
    return talk;
  }

  #post(talk: Talk, sender: string, body: string): Message {
    const sequence = talk.messages.length + 1;
    const createdAt = new Date(AT + sequence).toISOString();
    const id = `${talk.id}-${sequence}`;
    const message = messageOf(sequence, { id, conversationId: talk.id, sender, body, createdAt });
    talk.messages.push(message);
    if (talk.ana) this.#ring({ event: 'message.created', id });
    return message;
  }

  #change(talk: Talk, isDeletion: boolean): void {
    // Mostly what was said last.
    const behind = this.#chance.below(this.#chance.percent(70) ? 4 : 40);
    const at = talk.messages.length - 1 - behind;
    const old = talk.messages[at];
    if (!old || old.deletedAt) return;
    const version = old.version + 1;
    const tombstone = { body: null, deletedAt: old.createdAt };
    const message = { ...old, version, ...(isDeletion ? tombstone : { body: `edit ${version}` }) };
    talk.messages[at] = message;
    talk.version += 1;
    talk.changes.set(message.sequence, talk.version);
    if (talk.ana && message.sequence > talk.ana.hiddenThrough) {
      this.#ring({ event: 'message.updated', id: message.id });
    }
  }

  #edit(id: string): Message | undefined {
    const [conversationId = '', sequence] = id.split('-');
    const talk = this.#talk(conversationId);
    const at = Number(sequence) - 1;
    const message = talk.messages[at];
    if (!message || message.deletedAt || !talk.ana) return undefined;
    if (message.sequence <= talk.ana.hiddenThrough) return undefined;
    const changed = { ...message, version: message.version + 1, body: 'edited here' };
    talk.messages[at] = changed;
    talk.version += 1;
    talk.changes.set(message.sequence, talk.version);
    this.#ring({ event: 'message.updated', id });
    return changed;
  }

  #other(talk: Talk, kind: number): void {
    const last = talk.messages.length;
    if (kind === 0 && talk.ana) {
      talk.version += 1 + talk.ana.view;
      talk.ana = undefined;
      this.#ring({ event: 'conversation.removed', id: talk.id });
    } else if (!talk.ana) {
      talk.version += 1;
      talk.ana = newMember(last, talk.history === 'joined' ? last : 0, talk.version);
      this.#ring({ event: 'conversation.created', id: talk.id });
    } else if (kind === 1) {
      talk.title = `Title ${talk.version}`;
      talk.version += 1;
      this.#ring({ event: 'conversation.updated', id: talk.id });
    } else if (kind === 2) this.#view(talk, { hiddenThrough: last - this.#chance.below(10) });
    else if (kind === 3) this.#view(talk, { archivedSequence: last });
    else if (kind === 4) this.#view(talk, { muted: !talk.ana.muted });
    else this.#view(talk, { readSequence: last - this.#chance.below(5) });
  }

  #view(talk: Talk, { readSequence = 0, hiddenThrough = 0, ...rest }: Partial<Member>): void {
    const { ana } = talk;
    if (!ana) return;
    Object.assign(ana, rest, {
      readSequence: Math.max(ana.readSequence, Math.min(readSequence, talk.messages.length)),
      hiddenThrough: Math.max(ana.hiddenThrough, hiddenThrough),
      view: ana.view + 1,
    });
    this.#ring({ event: 'conversation.updated', id: talk.id });
  }

  #batch(ids: string[]): { messages: Message[]; missing: string[] } {
    const all = this.#talks.flatMap(({ id }) => this.messages(id));
    const messages = all.filter(({ id }) => ids.includes(id));
    const missing = ids.filter((id) => !all.some((message) => message.id === id));
    return { messages, missing };
  }

  #page(id: string, { after, before = '999999' }: Record<string, string>): MessagePage {
    const all = this.messages(id);
    const limit = 1 + this.#chance.below(8);
    const messages =
      after === undefined
        ? all.filter(({ sequence }) => sequence < Number(before)).slice(-limit)
        : all.filter(({ sequence }) => sequence > Number(after)).slice(0, limit);
    const hasBefore = messages.length > 0 && messages[0] !== all[0];
    return { messages, hasBefore, hasAfter: messages.at(-1) !== all.at(-1) };
  }

  #sync(known: Record<string, Position>): SyncAnswer {
    const mine = this.#talks.flatMap(({ ana, ...talk }) => (ana ? [{ ...talk, ana }] : []));
    const gone = Object.keys(known).filter((id) => !mine.some((talk) => talk.id === id));
    const removed = gone.map((id): SyncFrame => ({ event: 'conversation.removed', id }));
    const heads = mine.map((talk) => [
      talk.id,
      [talk.messages.length, talk.version + talk.ana.view],
    ]);
    const events = mine.flatMap((talk) => eventsSince(known[talk.id], talk));
    return {
      events: [...removed, ...events],
      conversations: Object.fromEntries(heads),
      more: false,
    };
  }
}

const newMember = (readSequence: number, hiddenThrough: number, joinedVersion: number): Member => ({
  readSequence,
  hiddenThrough,
  archivedSequence: -1,
  muted: false,
  view: 0,
  joinedVersion,
});

type MyTalk = Omit<Talk, 'ana'> & { ana: Member };

function view({ id, title, history, version, messages, ana }: MyTalk): Conversation {
  const last = messages.at(-1);
  const hidden = ana.hiddenThrough;
  const unread = messages.filter(
    ({ sequence, sender, deletedAt }) =>
      sequence > Math.max(ana.readSequence, hidden) && sender !== 'ana' && deletedAt === null,
  );
  const updatedAt = last?.createdAt ?? new Date(AT).toISOString();
  return conversationOf({
    id,
    kind: 'room',
    title,
    history,
    version: version + ana.view,
    lastSequence: messages.length,
    readSequence: ana.readSequence,
    unread: unread.length,
    clearedThrough: hidden,
    muted: ana.muted,
    archived: ana.archivedSequence >= messages.length,
    lastMessage: last && last.sequence > hidden ? last : null,
    updatedAt,
  });
}

function eventsSince(position: Position | undefined, talk: MyTalk): SyncFrame[] {
  const { id, ana, messages, changes } = talk;
  if (!position) return [{ event: 'conversation.created', id }];
  const [sequence, version] = position;
  const head = talk.version + ana.view;
  const created = messages
    .map((message) => message.sequence)
    .filter((one) => one > Math.max(sequence, ana.hiddenThrough));
  const updated = [...changes]
    .filter(([one, at]) => at > version - ana.view && one <= sequence && one > ana.hiddenThrough)
    .map(([one]) => one);
  const isVoid = sequence > messages.length || version > head || version < ana.joinedVersion;
  if (isVoid || created.length > MAX_GAP || updated.length > MAX_GAP) {
    return [{ event: 'conversation.reset', id }];
  }
  return [
    ...(version < head ? [{ event: 'conversation.updated', id } as const] : []),
    ...created.map((one) => ({ event: 'message.created', id: `${id}-${one}` }) as const),
    ...updated.map((one) => ({ event: 'message.updated', id: `${id}-${one}` }) as const),
  ];
}
