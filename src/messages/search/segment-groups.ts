import type { Segment } from './scope.ts';

/** Segments that are searched by one statement. */
export interface Group {
  segments: readonly Segment[];
  /** No message of this group or of those that follow is newer. */
  newestAt: number;
}

/** Messages of the first group; each group may have twice as many as the one before. */
const FIRST_SIZE = 20_000;
/** So that no statement becomes too long. */
const MAX_SEGMENTS = 500;

/**
 * The newest segments come first, so that a page of a frequent word is full after few of them, while for a rare one
 * all are searched by few statements.
 */
export function* groupSegments(segments: readonly Segment[]): Generator<Group> {
  const sorted = [...segments].sort((a, b) => b.newestAt - a.newestAt);
  let room = FIRST_SIZE;
  for (let start = 0; start < sorted.length; room *= 2) {
    const end = endOfGroup(sorted, start, room);
    const group = sorted.slice(start, end);
    yield { segments: group, newestAt: group[0]?.newestAt ?? 0 };
    start = end;
  }
}

/** After at least one segment. */
function endOfGroup(sorted: readonly Segment[], start: number, room: number): number {
  let size = 0;
  for (let end = start; end < sorted.length; end += 1) {
    size += sorted[end]?.size ?? 0;
    if (end > start && (size > room || end - start === MAX_SEGMENTS)) return end;
  }
  return sorted.length;
}
