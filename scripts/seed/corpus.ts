import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lists, parseTemplate, type Template } from './template.ts';

/** 0 began the scene, 1 is the other one. */
export type Speaker = 0 | 1;

/** One message of a scene, and the ways to say it. */
interface Turn {
  speaker: Speaker;
  ways: readonly Template[];
  /** Each way goes with the same way of the turn before. */
  answers: boolean;
}

export interface Scene {
  /** Scenes of one topic stand side by side, and may follow each other. */
  topic: string;
  turns: readonly Turn[];
}

export interface Corpus {
  lists: Lists;
  scenes: readonly Scene[];
}

/** Lists after `@`, topics after `==`, scenes as paragraphs of turns; talk/en-town.txt says how turns are written. */
export function parseCorpus(text: string, inherited: Lists = new Map()): Corpus {
  const lists = new Map(inherited);
  const scenes: Scene[] = [];
  let topic = '';
  let turns: Turn[] | undefined;
  let ways: Template[] = [];
  for (const line of text.split('\n')) {
    const [, mark = '', rest = ''] = /^(==|>>?|<<?|[@|])\s?(.*)$/.exec(line) ?? [];
    if (mark === '==') topic = rest;
    if (mark === '|') ways.push(parseTemplate(rest));
    if (mark === '@') {
      const [name = '', entries] = rest.split(' = ');
      ways = entries === undefined ? [] : entries.split(' | ').map(parseTemplate);
      lists.set(name, ways);
    }
    if (line === '') turns = undefined;
    if (/[<>]/.test(mark)) {
      if (!turns) {
        turns = [];
        scenes.push({ topic, turns });
      }
      ways = [parseTemplate(rest)];
      turns.push({ speaker: mark.startsWith('>') ? 0 : 1, ways, answers: mark.length === 2 });
    }
  }
  return { lists, scenes };
}

export const readText = (name: string): string =>
  readFileSync(join(import.meta.dirname, name), 'utf8');

/** Every language that people talk in, by its code; each file begins with the code of its language. */
export function readTalk(): ReadonlyMap<string, Corpus> {
  const files = readdirSync(join(import.meta.dirname, 'talk')).sort();
  const texts = Map.groupBy(files, (file) => file.slice(0, 2));
  const parse = (names: string[], inherited?: Lists): Corpus =>
    parseCorpus(names.map((name) => readText(join('talk', name))).join('\n'), inherited);
  const english = parse(texts.get('en') ?? []);
  return new Map([...texts].map(([code, names]) => [code, parse(names, english.lists)]));
}
