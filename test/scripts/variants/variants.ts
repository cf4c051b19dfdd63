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
const INSERT = '(trx) => insertNext(trx, viewer, post),';
const LEAVE = 'half the clients leave';

export const variants: Record<string, Variant> = {
  'acknowledges before COMMIT': {
    edits: [
      {
        file: POST,
        find: 'const outcome = await transact(',
        replace: `const acknowledged = Promise.withResolvers<Outcome>();
    const early = async (trx: Trx) => {
      const outcome = await insertNext(trx, viewer, post);
      acknowledged.resolve(outcome);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return outcome;
    };
    transact(db, early).catch(acknowledged.reject);
    return await acknowledged.promise;
    const outcome = await transact(`,
      },
    ],
    topology: 'embedded',
    faults: ['kill -9 of the server'],
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
        find: '  const { memberIds, ...posted } =',
        replace: `  const known = \`\${viewer.userId} \${post.idempotencyKey}\`;
  const before = remembered.get(known);
  if (before) return { ...before, created: false };
  const { memberIds, ...posted } =`,
      },
      {
        file: POST,
        find: "  reach('after-announcement');",
        replace: '  remembered.set(known, posted);',
      },
      {
        file: POST,
        find: 'interface CheckedPost {',
        replace: 'const remembered = new Map<string, Posted>();\n\ninterface CheckedPost {',
      },
    ],
    topology: 'pair',
    faults: [LEAVE],
    promise: 'one message for one key',
  },

  'announces before COMMIT': {
    edits: [
      {
        file: POST,
        find: INSERT,
        replace: `async (trx) => {
        const outcome = await insertNext(trx, viewer, post);
        await announce('message.created', outcome.message.id, outcome.memberIds);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return outcome;
      },`,
      },
      {
        file: POST,
        find: '{ db, resyncLater }: RingParts',
        replace: '{ db, resyncLater, announce }: RingParts',
      },
      {
        file: POST,
        find: "  await parts.announce('message.created', posted.message.id, memberIds);\n",
        replace: '  void memberIds;\n',
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
        file: POST,
        find: '    .execute();\n  reach',
        replace: `    .execute()
    .catch((error: { errno?: number }) => {
      if (error.errno !== 1213) throw error;
      return trx
        .insertInto('messages')
        .values({ ...row, sender_id: viewer.userId, idempotency_key: null, request_hash: null })
        .execute();
    });
  reach`,
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
        file: POST,
        find: '({ memberIds }) => resyncLater(memberIds)',
        replace: '() => void resyncLater',
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
        find: "announce('message.created', posted.message.id, memberIds);",
        replace:
          "announce('message.created', posted.message.id, memberIds.filter((id) => id === viewer.userId));",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'convergence',
  },

  'announces to everybody': {
    edits: [
      {
        file: POST,
        find: "announce('message.created', posted.message.id, memberIds);",
        replace:
          "announce('message.created', posted.message.id, [...memberIds, 1, 2, 3, 4, 5, 6, 7]);",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'privacy',
  },

  'shows messages to whoever knows their ids': {
    edits: [
      {
        file: 'src/messages/read-messages.ts',
        find: "  const row = await selectVisibleMessages(parts.db, userId)\n    .select('members.delivered_sequence')\n",
        replace:
          "  const row = await selectMessages(parts.db)\n    .select('messages.sequence as delivered_sequence')\n",
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    minutes: 0.3,
    promise: 'the wall',
  },

  'serves sessions that have ended': {
    edits: [
      {
        file: 'src/core/authenticate.ts',
        find: "      .where('sessions.ended_at', 'is', null)\n",
        replace: '',
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
        file: POST,
        find: '    const outcome = await transact(',
        replace: `    const taken = await transact(db, (trx) => takeSequence(trx, post.conversationId, Date.now()));
    const outcome = await transact(`,
      },
      { file: POST, find: INSERT, replace: '(trx) => insertNext(trx, viewer, post, taken),' },
      {
        file: POST,
        find: 'async function insertNext(trx: Trx, viewer: Viewer, post: CheckedPost): Promise<Outcome> {',
        replace: `async function insertNext(
  trx: Trx,
  viewer: Viewer,
  post: CheckedPost,
  sequence: number | undefined,
): Promise<Outcome> {`,
      },
      {
        file: POST,
        find: '  const sequence = await takeSequence(trx, conversationId, now);\n',
        replace: '',
      },
    ],
    topology: 'embedded',
    faults: [LEAVE],
    promise: 'gapless',
  },

  'acknowledges with another sequence': {
    edits: [
      {
        file: POST,
        find: 'message: toMessage({ ...row,',
        replace: 'message: toMessage({ ...row, sequence: sequence + 1,',
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
        file: POST,
        find: '  const memberIds = members.map(({ user_id }) => user_id);',
        replace: `  const ever = everMembers.get(conversationId) ?? new Set<number>();
  everMembers.set(conversationId, ever);
  for (const { user_id } of members) ever.add(user_id);
  const memberIds = [...ever];`,
      },
      {
        file: POST,
        find: 'interface CheckedPost {',
        replace: 'const everMembers = new Map<number, Set<number>>();\n\ninterface CheckedPost {',
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
