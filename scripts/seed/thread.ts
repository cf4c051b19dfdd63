import type { Corpus, Scene, Speaker } from './corpus.ts';
import type { Person } from './people.ts';
import { indexOf, pick, type Random, randomOf } from './random.ts';
import { type Draft, type Template, write } from './template.ts';
import { inVoice } from './voice.ts';

/** Whatever decides what two people say to each other. */
export interface Plot {
  seed: number;
  /** Of the conversation among all that are planned. */
  index: number;
  people: readonly [Person, Person];
  talk: ReadonlyMap<string, Corpus>;
}

interface Line {
  speaker: Speaker;
  template: Template;
}

/** A piece of talk without its words: these take longer, and are not always wanted. */
export interface Thread {
  number: number;
  /** Sequence of its first message. */
  first: number;
  language: string;
  corpus: Corpus;
  lines: readonly Line[];
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
    const lines = outline(random, corpus);
    yield { number, first, language, corpus, lines };
    first += lines.length;
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

function outline(random: Random, corpus: Corpus): Line[] {
  const beginner: Speaker = random() < 0.5 ? 0 : 1;
  const aside = (list: string, speaker: Speaker): Line => ({
    speaker,
    template: pick(random, corpus.lists.get(list) ?? []),
  });
  if (random() < 0.08) return [aside('lone', beginner)];
  const lines: Line[] = random() < 0.3 ? [aside('hello', beginner)] : [];
  for (const line of playScenes(random, corpus)) {
    const speaker = line.speaker === 0 ? beginner : otherThan(beginner);
    lines.push({ ...line, speaker });
    if (random() < 0.08) lines.push(aside('react', otherThan(speaker)));
  }
  if (random() < 0.2) lines.push(aside('bye', random() < 0.5 ? 0 : 1));
  return lines;
}

/** One scene, and maybe those after it. */
function playScenes(random: Random, { scenes }: Corpus): Line[] {
  const lines: Line[] = [];
  const start = indexOf(random, scenes.length);
  for (const scene of scenes.slice(start, start + 4)) {
    if (scene.topic !== scenes[start]?.topic) break;
    lines.push(...playScene(random, scene));
    if (random() < 0.45) break;
  }
  return lines;
}

/** Now and then the end of it is never said. */
function playScene(random: Random, { turns }: Scene): Line[] {
  const length = random() < 0.2 ? Math.ceil(turns.length * 0.6) : turns.length;
  let way = 0;
  return turns.slice(0, length).map(({ speaker, ways, answers }) => {
    way = answers ? way % ways.length : indexOf(random, ways.length);
    return { speaker, template: ways[way] ?? [] };
  });
}

const otherThan = (speaker: Speaker): Speaker => (speaker === 0 ? 1 : 0);

/** The thread in words, always all of it: what is settled in one message holds in those after it. */
export function writeThread({ seed, index, people }: Plot, thread: Thread): Said[] {
  const { number, first, language, corpus, lines } = thread;
  const random = randomOf('words', seed, index, number);
  const draft: Draft = { random, lists: corpus.lists, settled: new Map() };
  return lines.map(({ speaker, template }, place) => {
    draft.settled.set('you', people[otherThan(speaker)].given);
    const text = withAfterthought(write(template, draft), draft);
    const body = inVoice(people[speaker].voice, text, language, random);
    return { sequence: first + place, speaker, body, replyTo: replyOf(random, first, place) };
  });
}

/** Sometimes one more sentence, which belongs to nothing in particular. */
function withAfterthought(text: string, draft: Draft): string {
  if (draft.random() > 0.1 || text.length < 12 || text.includes('\n')) return text;
  const ends = !/[\p{L}\p{N},]$/u.test(text);
  return `${text}${ends ? '' : '.'} ${write(pick(draft.random, draft.lists.get('also') ?? []), draft)}`;
}

/** Mostly to what was just said, also when that was the end of the thread before, seldom to something earlier. */
function replyOf(random: Random, first: number, place: number): number | null {
  const mood = random();
  const last = first + place - 1;
  if (mood < 0.06 && last > 0) return last;
  return mood < 0.09 && place > 2 ? first + indexOf(random, place - 1) : null;
}
