/** A server that breaks a promise, as a change of its source. */
export interface Variant {
  edits: readonly { file: string; find: string; replace: string }[];
  topology: 'embedded' | 'pair';
  /** Parts of the names of the faults that bring it to light. */
  faults: readonly string[];
  /** At most; the run ends at the first promise that is seen to be broken. */
  minutes?: number;
  /** The beginning of the promise that must be found broken. */
  promise: string;
}

const POST = 'src/messages/post-message.ts';
const GROUP = 'src/messages/insert-group.ts';
const INSERT = 'src/messages/insert-messages.ts';
const INSERTING = '(trx) => insertMessages(trx, recipients, posts, writing),';
const WRITING = 'writeInOrder(trx, [inserting, ...rest], { isLast: true })';
const LEAVE = 'half the clients leave';

export const variants: Record<string, Variant> = {
  'acknowledges before COMMIT': {
    edits: [
      {
        file: GROUP,
        find: 'const outcomes = await transact(',
        replace: `const acknowledged = Promise.withResolvers<readonly Outcome[]>();
    const early = async (trx: any) => {
      const outcomes = await insertMessages(trx, recipients, posts, writing);
      acknowledged.resolve(outcomes);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return outcomes;
    };
    transact(db, early).catch(acknowledged.reject);
    return await acknowledged.promise;
    const outcomes = await transact(`,
      },
      { file: INSERT, find: WRITING, replace: 'writeInOrder(trx, [inserting, ...rest])' },
    ],
    topology: 'embedded',
    faults: ['kill -9 of the server'],
    minutes: 0.3,
    promise: 'durable',
  },

  'has no unique key for messages': {
    edits: [
      {
        file: 'migrations/0001-first-house.ts',
        find: "    .addUniqueConstraint('messages_once', ['conversation_id', 'sender_id', 'idempotency_key'])\n",
        replace: '',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'one message for one key',
  },

  'remembers keys in each process alone': {
    edits: [
      {
        file: 'migrations/0001-first-house.ts',
        find: "    .addUniqueConstraint('messages_once', ['conversation_id', 'sender_id', 'idempotency_key'])\n",
        replace: '',
      },
      {
        file: POST,
        find: '    const outcome = await insert(checked);',
        replace: `    const known = \`\${viewer.userId} \${post.idempotencyKey}\`;
    const before = remembered.get(known);
    if (before) return { ...before, created: false };
    const outcome = await insert(checked);`,
      },
      {
        file: POST,
        find: "    reach('after-announcement');",
        replace: '    remembered.set(known, posted);',
      },
      {
        file: POST,
        find: 'interface Parts extends RingParts {',
        replace:
          'const remembered = new Map<string, Posted>();\n\ninterface Parts extends RingParts {',
      },
    ],
    topology: 'pair',
    faults: [LEAVE],
    promise: 'one message for one key',
  },

  'announces before COMMIT': {
    edits: [
      {
        file: GROUP,
        find: INSERTING,
        replace: `async (trx) => {
          const outcomes = await insertMessages(trx, recipients, posts, writing);
          for (const outcome of outcomes) {
            if (outcome.kind === 'inserted') await announce('message.created', outcome.message.id, outcome.memberIds);
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
          return outcomes;
        },`,
      },
      {
        file: GROUP,
        find: '{ db, recipients, resyncLater }: InsertParts',
        replace: '{ db, recipients, resyncLater, announce }: any',
      },
      {
        file: POST,
        find: "    await parts.announce('message.created', posted.id, memberIds);\n",
        replace: '    void memberIds;\n',
      },
    ],
    topology: 'pair',
    faults: [LEAVE],
    minutes: 0.8,
    promise: 'convergence',
  },

  'repeats the one statement that met a deadlock': {
    edits: [
      {
        file: INSERT,
        find: WRITING,
        replace: `${WRITING}.catch((error: { errno?: number }) => {
    if (error.errno !== 1213) throw error;
    return ${WRITING};
  })`,
      },
    ],
    topology: 'pair',
    faults: ['deadlocks'],
    minutes: 0.8,
    promise: 'convergence',
  },

  'begins a page one message late': {
    edits: [
      {
        file: 'src/messages/read-messages.ts',
        find: 'const from = Math.max(Math.min(after, lastSequence), hiddenThrough) + 1;',
        replace: 'const from = Math.min(after, lastSequence) + (after > 0 ? 2 : 1);',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'gapless',
  },

  'answers pages from a cache': {
    edits: [
      {
        file: 'src/messages/read-messages.ts',
        find: '  const { from, to } = rangeOf(query, lastSequence, hiddenThrough);',
        replace: `  const kept = heads.get(conversationId);
  if (!kept || Date.now() > kept.until) heads.set(conversationId, { lastSequence, until: Date.now() + 200 });
  const { from, to } = rangeOf(query, heads.get(conversationId)?.lastSequence ?? lastSequence, hiddenThrough);`,
      },
      {
        file: 'src/messages/read-messages.ts',
        find: 'const MAX_BATCH = 100;',
        replace:
          'const MAX_BATCH = 100;\nconst heads = new Map<number, { lastSequence: number; until: number }>();',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'fresh',
  },

  'says nothing after a broken subscription': {
    edits: [
      {
        file: 'src/notifications/subscribers.ts',
        find: 'bus.listen({ notice, gap });',
        replace: 'bus.listen({ notice, gap: () => void gap });',
      },
    ],
    topology: 'pair',
    faults: ['kill -9 of Redis', 'Redis drops its subscribers'],
    minutes: 0.8,
    promise: 'convergence',
  },

  'does not notice that another process died': {
    edits: [
      {
        file: 'src/core/redis-peers.ts',
        find: 'silence <= PEER_TIMEOUT ||',
        replace: 'silence <= 3_600_000 ||',
      },
    ],
    topology: 'pair',
    faults: ['after commit'],
    minutes: 0.8,
    promise: 'convergence',
  },

  'forgets a COMMIT whose answer was lost': {
    edits: [
      {
        file: GROUP,
        find: '(unknown) => resyncLater(unknown.flatMap(recipientsOf)),',
        replace: '() => void resyncLater,',
      },
    ],
    topology: 'pair',
    faults: ["the COMMIT's answer lost"],
    minutes: 0.8,
    promise: 'convergence',
  },

  'announces to the sender alone': {
    edits: [
      {
        file: POST,
        find: "announce('message.created', posted.id, memberIds);",
        replace:
          "announce('message.created', posted.id, memberIds.filter((id) => id === viewer.userId));",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'convergence',
  },

  'announces to everybody': {
    edits: [
      {
        file: POST,
        find: "announce('message.created', posted.id, memberIds);",
        replace: "announce('message.created', posted.id, [...memberIds, 1, 2, 3, 4, 5, 6, 7]);",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'privacy',
  },

  'shows messages to whoever knows their ids': {
    edits: [
      {
        file: 'src/messages/seen.ts',
        find: "    .whereRef('members.user_id', '=', 'asked.user_id')\n",
        replace: '',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'the wall',
  },

  'lets who has left read by ids for some seconds': {
    edits: [
      {
        file: 'src/messages/seen.ts',
        find: 'const { memberships, states } = await look(db, members.rows, messages.rows);',
        replace: `const { memberships, states } = await look(db, members.rows, messages.rows);
  for (const [at, ...key] of members.rows) {
    const member = memberships[at];
    const known = remembered.get(String(key));
    if (known && Date.now() < known.until) memberships[at] = known.member;
    else if (member) remembered.set(String(key), { member, until: Date.now() + 10_000 });
  }`,
      },
      {
        file: 'src/messages/seen.ts',
        find: 'const selectSeen =',
        replace:
          'const remembered = new Map<string, { member: Membership; until: number }>();\n\nconst selectSeen =',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.8,
    promise: 'the wall',
  },

  'keeps messages as they were when they were first read': {
    edits: [
      {
        file: 'src/messages/contents.ts',
        find: 'content.version === version && content.createdAt === createdAt &&',
        replace: 'version > 0 && content.createdAt === createdAt &&',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'durable',
  },

  'rings for those who were members once': {
    edits: [
      {
        file: 'src/conversations/recipients.ts',
        find: 'if (known?.version === conversationVersion)',
        replace: 'if (known && conversationVersion > 0)',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'membership',
  },

  'serves sessions that have ended': {
    edits: [
      {
        file: 'src/core/authenticate.ts',
        find: "    .where('sessions.ended_at', 'is', null),",
        replace: '    ,',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'the wall',
  },

  'takes sequences outside the transaction': {
    edits: [
      {
        file: GROUP,
        find: 'const outcomes = await transact(',
        replace: `const heads = new Map<number, number>();
      for (const { conversationId } of posts) {
        const taken = await transact(db, (trx) => takeSequence(trx, conversationId, Date.now()));
        if (taken !== undefined && !heads.has(conversationId)) heads.set(conversationId, taken - 1);
      }
      const outcomes = await transact(`,
      },
      {
        file: GROUP,
        find: INSERTING,
        replace: INSERTING.replace('writing', '{ ...writing, given: heads } as object'),
      },
      {
        file: GROUP,
        find: 'import { isDuplicateKey }',
        replace: 'import { isDuplicateKey, takeSequence }',
      },
      {
        file: INSERT,
        find: '  { looksForRepeats = false, written = () => {} }: Writing = {},\n',
        replace: '  { looksForRepeats = false, written = () => {}, given }: any,\n',
      },
      {
        file: INSERT,
        find: 'isSqlite(trx) ? undefined : await takeHeads(trx, ids, { isLone, now });',
        replace: 'given as Map<number, number>;',
      },
      {
        file: INSERT,
        find: 'const isAdvanced = locked !== undefined && isLone;',
        replace: 'const isAdvanced = posts.length > 0;',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'gapless',
  },

  'acknowledges with another sequence': {
    edits: [
      {
        file: INSERT,
        find: 'toMessage({ ...rowOf(ruling),',
        replace: 'toMessage({ ...rowOf(ruling), sequence: ruling.sequence + 1,',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'durable',
  },

  'tidies bodies up': {
    edits: [
      {
        file: POST,
        find: 'body: post.body.trim(),',
        replace: "body: post.body.trim().replace(/\\s+/g, ' '),",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'durable',
  },

  'still rings for those who have left': {
    edits: [
      {
        file: INSERT,
        find: '    memberIds: memberIds.get(post.conversationId) ?? [],',
        replace: `    memberIds: everMembersOf(post.conversationId, memberIds.get(post.conversationId) ?? []),`,
      },
      {
        file: INSERT,
        find: 'function outcomeOf(',
        replace: `const everMembers = new Map<number, Set<number>>();

function everMembersOf(conversationId: number, memberIds: readonly number[]): number[] {
  const ever = everMembers.get(conversationId) ?? new Set<number>();
  everMembers.set(conversationId, ever);
  for (const userId of memberIds) ever.add(userId);
  return [...ever];
}

function outcomeOf(`,
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'membership',
  },

  'remembers memberships for some seconds': {
    edits: [
      {
        file: 'src/conversations/members.ts',
        find: '  if (!row) throw notFound();\n',
        replace: `  const known = remembered.get(\`\${conversationId} \${userId}\`);
  if (!row && known && Date.now() < known.until) return known.membership;
  if (!row) throw notFound();
  const membership = { conversationId, userId, ...row } as Membership;
  remembered.set(\`\${conversationId} \${userId}\`, { membership, until: Date.now() + 3_000 });
`,
      },
      {
        file: 'src/conversations/members.ts',
        find: '/** Throws the same 404',
        replace: `const remembered = new Map<string, { membership: Membership; until: number }>();

/** Throws the same 404`,
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'the wall',
  },

  'shows what was said before somebody came': {
    edits: [
      {
        file: 'src/conversations/admit.ts',
        find: 'hidden_through: hidesHistory(conversation) ? head : 0',
        replace: 'hidden_through: hidesHistory(conversation) ? 0 : 0',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'membership',
  },

  'forgets what was changed': {
    edits: [
      {
        file: 'src/conversations/change-conversation.ts',
        find: "  await trx\n    .insertInto('changes')",
        replace: "  if (sequence > 0) return version;\n  await trx\n    .insertInto('changes')",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.8,
    promise: 'convergence',
  },
};
