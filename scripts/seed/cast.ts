import type { PlannedConversation } from './plan.ts';
import { randomOf } from './random.ts';

const DAY = 24 * 3_600_000;
/** Days that a conversation has lasted at most. */
const LONGEST = 730;

export interface Cast {
  seed: number;
  /** Of the people that the plan speaks of. */
  userIds: readonly number[];
  now: number;
}

/** A planned conversation between accounts that exist. */
export interface CastConversation extends PlannedConversation {
  userIds: readonly [number, number];
  directKey: string;
  opensAt: number;
  /** When its last planned message is sent, in epoch milliseconds. */
  endsAt: number;
}

/**
 * Times are measured back from now and not from a fixed date, so that freshly seeded talk looks
 * alive: some conversations went on minutes ago, others fell asleep last summer.
 */
export function castConversation(cast: Cast, planned: PlannedConversation): CastConversation {
  const { index, members, messages } = planned;
  const random = randomOf('schedule', cast.seed, index);
  const endsAt = Math.round(cast.now - random() ** 4 * 200 * DAY);
  const days = Math.min(LONGEST, Math.max(0.3, messages / (3 + random() * 40)));
  const userIds = [idOf(cast, members[0]), idOf(cast, members[1])] as const;
  return {
    ...planned,
    userIds,
    directKey: `${Math.min(...userIds)}:${Math.max(...userIds)}`,
    opensAt: Math.round(endsAt - days * DAY),
    endsAt,
  };
}

function idOf({ userIds }: Cast, member: number): number {
  const id = userIds[member];
  if (id === undefined) throw new Error(`person ${member} has no account`);
  return id;
}
