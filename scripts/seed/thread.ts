import type { Speaker } from './corpus.ts';
import { otherThan, type Plot, type Thread } from './outline.ts';
import { indexOf, pick, type Random, randomOf } from './random.ts';
import { type Draft, write } from './template.ts';
import { inVoice } from './voice.ts';

export interface Said {
  sequence: number;
  speaker: Speaker;
  body: string;
  replyTo: number | null;
}

/** The thread in words, always all of it: what is settled in one message holds in those after it. */
export function writeThread({ seed, index, people }: Plot, thread: Thread): Said[] {
  const { number, first, language, corpus, lines } = thread;
  const random = randomOf('words', seed, index, number);
  const draft: Draft = { random, lists: corpus.lists, settled: new Map() };
  return lines.map(({ speaker, template }, place) => {
    draft.settled.set('you', people[otherThan(speaker)].given);
    const text = withAfterthought(write(template, draft), draft, language);
    const body = inVoice(people[speaker].voice, text, language, random);
    return { sequence: first + place, speaker, body, replyTo: replyOf(random, first, place) };
  });
}

/** Sometimes one more sentence, which belongs to nothing in particular. */
function withAfterthought(text: string, draft: Draft, language: string): string {
  if (draft.random() > 0.1 || text.length < 12 || text.includes('\n')) return text;
  const [stop, space] = language === 'ja' ? ['。', ''] : ['.', ' '];
  const end = /[\p{L}\p{N}]$/u.test(text) ? stop : '';
  return text + end + space + write(pick(draft.random, draft.lists.get('also') ?? []), draft);
}

/** Mostly to what was just said, also when that was the end of the thread before, seldom to something earlier. */
function replyOf(random: Random, first: number, place: number): number | null {
  const mood = random();
  const last = first + place - 1;
  if (mood < 0.06 && last > 0) return last;
  return mood < 0.09 && place > 2 ? first + indexOf(random, place - 1) : null;
}
