/** Messages before and after where one reads that are in the page: some screens of them. */
const REACH = 80;

/** Of the messages those from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Which of all messages are in the page when one reads at the sequence `at`: all while they are few, else the ones
 * around it. So a long conversation weighs no more than a short one.
 */
export function spanInPage(messages: readonly { sequence: number }[], at: number): Span {
  const all = { start: 0, end: messages.length };
  if (all.end <= 2 * REACH) return all;
  const index = messages.findLastIndex(({ sequence }) => sequence <= at);
  return { start: Math.max(0, index - REACH), end: Math.min(all.end, index + REACH) };
}
