import type { Corpus, Speaker, Turn } from './corpus.ts';
import type { Person } from './people.ts';
import { indexOf, pick, type Random, randomOf } from './random.ts';
import { type Draft, write } from './template.ts';
import { inVoice } from './voice.ts';

/** Whatever decides what two people say to each other. */
export interface Plot {
  seed: number;
  /** Of the conversation among all that are planned. */
  index: number;
  people: readonly [Person, Person];
  talk: ReadonlyMap<string, Corpus>;
}

/** A piece of talk without its words: these take longer, and are not always wanted. */
export interface Thread {
  number: number;
  /** Sequence of its first message. */
  first: number;
  language: string;
  corpus: Corpus;
  turns: readonly Turn[];
}

export interface Said {
  sequence: number;
  speaker: Speaker;
  body: string;
  replyTo: number | null;
}

/** What the two talk about, for ever: the same for the same plot. */
export function* outlineThreads(plot: Plot): Generator<Thread, never> {
  const { seed, index } = plot;
  const usual = usualLanguage(plot);
  for (let number = 0, first = 1; ; number += 1) {
    const random = randomOf('thread', seed, index, number);
    const language = random() < 0.4 ? usual : 'en';
    const corpus = corpusOf(plot, language);
    const turns = outline(random, corpus);
    yield { number, first, language, corpus, turns };
    first += turns.length;
  }
}

function usualLanguage({ seed, index, people }: Plot): string {
  const random = randomOf('language', seed, index);
  return random() < 0.5 ? 'en' : pick(random, people).language;
}

function corpusOf({ talk }: Plot, language: string): Corpus {
  const corpus = talk.get(language);
  if (!corpus) throw new Error(`nobody wrote talk in the language “${language}”`);
  return corpus;
}

function outline(random: Random, corpus: Corpus): Turn[] {
  const beginner: Speaker = random() < 0.5 ? 0 : 1;
  if (random() < 0.08) return [aside(corpus, 'lone', beginner)];
  const turns: Turn[] = random() < 0.3 ? [aside(corpus, 'hello', beginner)] : [];
  const start = indexOf(random, corpus.scenes.length);
  const topic = corpus.scenes[start]?.topic;
  for (let next = start; corpus.scenes[next]?.topic === topic; next += 1) {
    playScene(random, corpus, corpus.scenes[next]?.turns ?? [], turns, beginner);
    if (random() < 0.45) break;
  }
  if (random() < 0.2) turns.push(aside(corpus, 'bye', random() < 0.5 ? 0 : 1));
  return turns;
}

/** Now and then somebody throws a word in, or a question stays without an answer. */
function playScene(random: Random, corpus: Corpus, scene: readonly Turn[], turns: Turn[], beginner: Speaker): void {
  for (const [place, { speaker, ways }] of scene.entries()) {
    if (place > 1 && random() < 0.08) return;
    const who = speaker === beginner ? 0 : 1;
    turns.push({ speaker: who, ways });
    if (random() < 0.08) turns.push(aside(corpus, 'react', who === 0 ? 1 : 0));
  }
}

const aside = ({ lists }: Corpus, list: string, speaker: Speaker): Turn => ({
  speaker,
  ways: lists.get(list) ?? [],
});

/** The thread in words, always all of it: what is settled in one message holds in those after it. */
export function writeThread({ seed, index, people }: Plot, thread: Thread): Said[] {
  const { number, first, language, corpus, turns } = thread;
  const random = randomOf('words', seed, index, number);
  const draft: Draft = { random, lists: corpus.lists, settled: new Map() };
  return turns.map(({ speaker, ways }, place) => {
    const author = people[speaker];
    draft.settled.set('you', people[speaker === 0 ? 1 : 0].given);
    const text = write(pick(random, ways), draft);
    const body = inVoice(author.voice, text, language, random);
    return { sequence: first + place, speaker, body, replyTo: replyOf(random, first, place) };
  });
}

/** Mostly to what was just said, also when that was the end of the thread before, seldom to something earlier. */
function replyOf(random: Random, first: number, place: number): number | null {
  const mood = random();
  const last = first + place - 1;
  if (mood < 0.06 && last > 0) return last;
  return mood < 0.09 && place > 2 ? first + indexOf(random, place - 1) : null;
}
