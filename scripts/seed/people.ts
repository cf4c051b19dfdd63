import { parseCorpus, readText } from './corpus.ts';
import { indexOf, pick, type Random, randomOf } from './random.ts';
import { write } from './template.ts';
import { type Voice, voiceOf } from './voice.ts';

export interface Person {
  username: string;
  email: string;
  displayName: string;
  about: string;
  /** What friends call them. */
  given: string;
  /** Code of the language at home. */
  language: string;
  voice: Voice;
}

interface Name {
  latin: string;
  /** In the script of its own language, where that is not Latin. */
  own: string | undefined;
}

interface Culture {
  language: string;
  familyFirst: boolean;
  given: Name[];
  family: Name[];
}

/** The first `count` people of a seed; with a greater count they stay the same, and others follow. */
export function inventPeople(seed: number, count: number): Person[] {
  const cultures = readCultures();
  const { lists } = parseCorpus(readText('about.txt'));
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const random = randomOf('person', seed, index);
    const culture = pick(random, cultures);
    const given = pick(random, culture.given);
    const family = pick(random, culture.family);
    const username = freeUsername(taken, usernameOf(random, given.latin, family.latin));
    return {
      username,
      email: `${username}@seed.example`,
      displayName: displayNameOf(random, culture, given, family),
      about: write(pick(random, lists.get('about') ?? []), { random, lists, settled: new Map() }),
      given: given.latin,
      language: culture.language,
      voice: voiceOf(random),
    };
  });
}

function usernameOf(random: Random, given: string, family: string): string {
  const [first, last] = [plain(given), plain(family)];
  const style = random();
  if (style < 0.7) return `${first}.${last}`;
  if (style < 0.8) return `${first}_${last}`;
  if (style < 0.9) return `${first}${last}${10 + indexOf(random, 90)}`;
  return `${first.charAt(0)}.${last}`;
}

function freeUsername(taken: Set<string>, wanted: string): string {
  let username = wanted;
  for (let number = 2; taken.has(username); number += 1) username = `${wanted}${number}`;
  taken.add(username);
  return username;
}

/** Letters that Unicode does not take apart into a plain one and an accent. */
const WHOLE_LETTERS: Record<string, string> = {
  ł: 'l',
  ø: 'o',
  æ: 'ae',
  ß: 'ss',
  đ: 'd',
  ð: 'd',
  ı: 'i',
};

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[łøæßđðı]/g, (letter) => WHOLE_LETTERS[letter] ?? '')
    .replace(/[^a-z]/g, '');

function displayNameOf(random: Random, culture: Culture, given: Name, family: Name): string {
  const { own } = given;
  if (own && family.own && random() < 0.4) {
    if (!culture.familyFirst) return `${own} ${family.own}`;
    return `${family.own}${/\p{Script=Hangul}/u.test(own) ? ' ' : ''}${own}`;
  }
  const names = culture.familyFirst && random() < 0.5 ? [family, given] : [given, family];
  return names.map((name) => name.latin).join(' ');
}

function readCultures(): Culture[] {
  const paragraphs = readText('names.txt').trim().split('\n\n').slice(1);
  return paragraphs.map((paragraph) => {
    const [head = '', given = '', family = ''] = paragraph.split('\n');
    const [, language = 'en', order] = head.split(' ');
    return {
      language,
      familyFirst: order === 'family-first',
      given: parseNames(given),
      family: parseNames(family),
    };
  });
}

const parseNames = (line: string): Name[] =>
  line.split(', ').map((name) => {
    const [latin = '', own] = name.split('=');
    return { latin, own };
  });
