import { keepTime } from './clock.ts';
import { outlineThreads, type Plot, type Thread } from './outline.ts';
import { randomOf } from './random.ts';
import { type Said, writeThread } from './thread.ts';

export interface Told extends Said {
  at: number;
}

/** Which messages are wanted, and from when to when they were sent. */
export interface Part {
  after: number;
  until: number;
  from: number;
  to: number;
}

/**
 * The messages of a conversation after one sequence and until another. Who says what depends on the
 * plot alone, so a run that was cut off is continued as if nothing had happened; only the times
 * depend on the part.
 */
export function* tell(plot: Plot, part: Part): Generator<Told, void> {
  const random = randomOf('clock', plot.seed, plot.index, part.after);
  const clock = keepTime(random, { ...part, threads: countThreads(plot, part) });
  for (const thread of threadsOf(plot, part)) {
    clock.beginThread();
    for (const said of writeThread(plot, thread)) {
      if (said.sequence > part.after && said.sequence <= part.until) {
        yield { ...said, at: clock.nextMessage() };
      }
    }
  }
}

function* threadsOf(plot: Plot, { after, until }: Part): Generator<Thread, void> {
  for (const thread of outlineThreads(plot)) {
    if (thread.first > until) return;
    if (thread.first + thread.lines.length - 1 > after) yield thread;
  }
}

const countThreads = (plot: Plot, part: Part): number =>
  threadsOf(plot, part).reduce((count) => count + 1, 0);
