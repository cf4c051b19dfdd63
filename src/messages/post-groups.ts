import { isConflict, isSqlite, isUnavailable } from '../core/dialect.ts';
import { groupInserter, type Inserting, type InsertParts } from './insert-group.ts';
import type { Outcome } from './insert-messages.ts';
import type { CheckedPost } from './rule-posts.ts';

/** Posts of one transaction at most. */
const MAX_GROUP = 100;
/** Milliseconds after which the next group does not wait for the one under way. */
const SLOW = 50;
/** Transactions under way, for groups and for lone posts, which may wait for a lock. */
const MAX_GROUPS = 8;
const MAX_LONE = 4;
/** Lanes whose posts are in a transaction. */
const MAX_LANES = 3;

interface Waiting {
  post: CheckedPost;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Inserts posts, in one transaction what comes while another is under way. Nothing waits for a timer, and a lone post
 * is inserted by itself. A group passes over conversations that somebody else holds, and leaves them, or all of its
 * own after a conflict or an error, to lanes: there the posts of one conversation wait for it, and no others with
 * them. Resolves after COMMIT; rejects as a transaction of that post alone would.
 */
export function keepPostGroups(parts: InsertParts) {
  const insert = groupInserter(parts);
  const waiting: Waiting[] = [];
  /** Of conversations in which something waits for a lock, or for what does. */
  const lanes = new Map<number, Waiting[]>();
  const idleLanes: number[] = [];
  let lanesUnderWay = 0;
  let groupsUnderWay = 0;
  /** The group that the next one waits for. */
  let current: readonly Waiting[] | undefined;
  let isDue = false;

  function add(given: Waiting): void {
    const lane = lanes.get(given.post.conversationId);
    if (lane) {
      lane.push(given);
      return;
    }
    waiting.push(given);
    if (current || isDue) return;
    isDue = true;
    // What is read in this turn of the event loop comes along.
    setImmediate(beginGroup);
  }

  function beginGroup(): void {
    isDue = false;
    const most = waiting.length > 1 ? MAX_GROUPS : MAX_LONE;
    if (current || waiting.length === 0 || groupsUnderWay >= most) return;
    const group = waiting.splice(0, MAX_GROUP);
    current = group;
    groupsUnderWay += 1;
    const slow = setTimeout(() => letGo(group), SLOW);
    void runGroup(group).finally(() => {
      clearTimeout(slow);
      groupsUnderWay -= 1;
      letGo(group);
    });
  }

  function letGo(group: readonly Waiting[]): void {
    if (current === group) current = undefined;
    beginGroup();
  }

  /** SQLite runs what is sent next after the COMMIT that is sent now. Others would pass over what is locked until it has ended. */
  function letGoWritten(group: readonly Waiting[]): void {
    if (isSqlite(parts.db)) letGo(group);
  }

  async function runGroup(group: readonly Waiting[]): Promise<void> {
    const isGroup = group.length > 1;
    try {
      const outcomes = await insertWaiting(group, {
        ...(isGroup && { attempts: 1 }),
        written: () => letGoWritten(group),
      });
      for (const [given, outcome] of pairs(group, outcomes)) {
        if (outcome.kind === 'locked') moveToLane(given);
        else given.resolve(outcome);
      }
    } catch (error) {
      const mayGoSingly = isGroup && (isConflict(error) || !isUnavailable(error));
      for (const given of group) mayGoSingly ? moveToLane(given) : given.reject(error);
    }
  }

  function moveToLane(given: Waiting): void {
    const { conversationId } = given.post;
    const lane = lanes.get(conversationId);
    if (lane) {
      lane.push(given);
      return;
    }
    lanes.set(conversationId, [given]);
    idleLanes.push(conversationId);
    // Not before all of its group are in theirs.
    queueMicrotask(beginLanes);
  }

  function beginLanes(): void {
    while (lanesUnderWay < MAX_LANES) {
      const conversationId = idleLanes.shift();
      if (conversationId === undefined) return;
      lanesUnderWay += 1;
      void runLane(conversationId).finally(() => {
        lanesUnderWay -= 1;
        beginLanes();
      });
    }
  }

  /** One transaction, so that no lane keeps the others waiting for long. */
  async function runLane(conversationId: number): Promise<void> {
    const lane = lanes.get(conversationId) ?? [];
    await runTogetherOrSingly(lane.splice(0, MAX_GROUP));
    if (lane.length > 0) idleLanes.push(conversationId);
    else lanes.delete(conversationId);
  }

  async function runTogetherOrSingly(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await insertWaiting(group);
      for (const [{ resolve }, outcome] of pairs(group, outcomes)) resolve(outcome);
    } catch (error) {
      if (group.length === 1 || isUnavailable(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      for (const given of group) await runTogetherOrSingly([given]);
    }
  }

  const insertWaiting = (group: readonly Waiting[], options?: Inserting) =>
    insert(
      group.map(({ post }) => post),
      options,
    );

  return (post: CheckedPost): Promise<Outcome> =>
    new Promise((resolve, reject) => add({ post, resolve, reject }));
}

const pairs = (group: readonly Waiting[], outcomes: readonly Outcome[]): [Waiting, Outcome][] =>
  group.flatMap((given, index) => {
    const outcome = outcomes[index];
    return outcome ? [[given, outcome]] : [];
  });
