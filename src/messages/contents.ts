import { messageColumns, toMessage } from '../conversations/message-view.ts';
import type { Message } from '../conversations/schemas.ts';
import { compiledOnce } from '../core/compiled-once.ts';
import type { Database } from '../core/database.ts';
import { gather, type LookUp } from '../core/gather.ts';
import { formatMessageId, type MessageKey } from '../core/ids.ts';
import type { Metrics } from '../core/metrics.ts';
import { inThisOrder, type Numbers, numbersOf, numbersTable } from '../core/numbers-table.ts';
import { recentMap } from '../core/recent-map.ts';
import type { MessageState } from './seen.ts';

/** Characters of JSON that are kept at most. */
const MAX_KEPT = 8_000_000;

/** A message without its reactions, serialised. */
interface Content {
  version: number;
  /** Epoch milliseconds. */
  createdAt: number;
  sender: string;
  json: string;
}

/** By which the store tells whether what is kept is still right. */
type State = Pick<MessageState, 'version' | 'createdAt' | 'sender'>;

export type Contents = ReturnType<typeof keepContents>;

/**
 * Serialised messages, each read and written as JSON once for all its readers. One that is kept is right as long as the
 * version is that of the store, which every reader brings from the look-up that lets them in (`Seen`): so nobody has to
 * be told of a change, and no word of one can be lost. The sender's name is compared as well, which a deletion of the
 * account changes, and the time of the post: a store that was restored from a backup under a running process gives ids and
 * versions out again.
 */
export function keepContents(db: Database, metrics: Pick<Metrics, 'messagesRead'>) {
  const kept = recentMap<string, Content>(MAX_KEPT, ({ json }) => json.length);
  const underWay = new Map<string, Promise<Content | undefined>>();
  const read = contentReader(db);

  async function readAndKeep(id: string, key: MessageKey): Promise<Content | undefined> {
    metrics.messagesRead.inc();
    try {
      const content = await read(key);
      if (content) kept.set(id, content);
      return content;
    } finally {
      underWay.delete(id);
    }
  }

  function readOnce(id: string, key: MessageKey): Promise<Content | undefined> {
    const known = underWay.get(id) ?? readAndKeep(id, key);
    underWay.set(id, known);
    return known;
  }

  async function readAnew(id: string, key: MessageKey, seen: State): Promise<string | undefined> {
    const content = await readOnce(id, key);
    return content && isOf(content, seen) ? content.json : undefined;
  }

  return {
    /** Whoever posted it is followed by all who were rung. */
    warm(message: Message): string {
      const content = contentOf(message);
      kept.set(message.id, content);
      return content.json;
    },

    /** At once when it is kept. Undefined when it has changed since it was `seen`. */
    jsonOf(key: MessageKey, seen: State): string | Promise<string | undefined> {
      const id = formatMessageId(key.conversationId, key.sequence);
      const known = kept.get(id);
      return known && isOf(known, seen) ? known.json : readAnew(id, key, seen);
    },
  };
}

const isOf = (content: Content, { version, createdAt, sender }: State): boolean =>
  content.version === version && content.createdAt === createdAt && content.sender === sender;

const contentOf = (message: Message): Content => ({
  version: message.version,
  createdAt: Date.parse(message.createdAt),
  sender: message.sender,
  json: JSON.stringify(message),
});

const contentReader = (db: Database): LookUp<MessageKey, Content> =>
  gather(async (keys) => {
    const asked = keys.map(({ conversationId, sequence }, at) => [at, conversationId, sequence]);
    const rows = await selectContents(db, ...numbersOf(db, asked));
    const found: (Content | undefined)[] = new Array(keys.length);
    for (const { at, ...row } of rows) found[at] = contentOf(toMessage(row));
    return found;
  });

const selectContents = compiledOnce((db, ...numbers: Numbers) =>
  db
    .selectFrom(numbersTable(db, ['at', 'conversation_id', 'sequence'], numbers))
    .modifyFront(inThisOrder(db))
    .crossJoin('messages')
    .crossJoin('users')
    .whereRef('messages.conversation_id', '=', 'asked.conversation_id')
    .whereRef('messages.sequence', '=', 'asked.sequence')
    .whereRef('users.id', '=', 'messages.sender_id')
    .select([...messageColumns, 'users.username as sender', 'asked.at']),
);
