import type { Corpus, Scene, Speaker } from './corpus.ts';
import type { Person } from './people.ts';
import { indexOf, pick, type Random, randomOf } from './random.ts';
import type { Template } from './template.ts';

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

export const otherThan = (speaker: Speaker): Speaker => (speaker === 0 ? 1 : 0);
