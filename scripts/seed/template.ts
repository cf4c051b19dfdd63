import { indexOf, pick, type Random } from './random.ts';

/**
 * A sentence with gaps: `[this|or that]`, `{2-9}` for a number, `{place}` for something of a list
 * that stays the same in one piece of writing, `{place2}` for another one, `{*place}` for one drawn
 * afresh, `{Place}` for one that begins a sentence.
 */
export type Template = readonly Part[];

type Part = string | Choice | Range | Slot;

interface Choice {
  choices: readonly Template[];
}

interface Range {
  from: number;
  to: number;
}

interface Slot {
  list: string;
  /** Under which its value is kept; undefined draws afresh. */
  key: string | undefined;
  capital: boolean;
}

export type Lists = ReadonlyMap<string, readonly Template[]>;

/** One piece of writing: what it draws from, and what it has settled on. */
export interface Draft {
  random: Random;
  lists: Lists;
  settled: Map<string, string>;
}

export const parseTemplate = (text: string): Template =>
  text
    .replaceAll('\\n', '\n')
    .split(/(\[[^\]]*\]|\{[^}]*\})/)
    .filter((piece) => piece !== '')
    .map(parsePart);

function parsePart(piece: string): Part {
  if (piece.startsWith('[')) return { choices: piece.slice(1, -1).split('|').map(parseTemplate) };
  if (!piece.startsWith('{')) return piece;
  const [, from, to] = /^\{(\d+)-(\d+)\}$/.exec(piece) ?? [];
  if (from !== undefined && to !== undefined) return { from: Number(from), to: Number(to) };
  const [, star, name = ''] = /^\{(\*?)(.*)\}$/.exec(piece) ?? [];
  const key = name.charAt(0).toLowerCase() + name.slice(1);
  return { list: key.replace(/\d$/, ''), key: star ? undefined : key, capital: key !== name };
}

export function write(template: Template, draft: Draft): string {
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : fill(part, draft);
  return text;
}

function fill(part: Choice | Range | Slot, draft: Draft): string {
  if ('choices' in part) return write(pick(draft.random, part.choices), draft);
  if ('from' in part) return String(part.from + indexOf(draft.random, part.to - part.from + 1));
  const text = part.key === undefined ? draw(part.list, draft) : settle(part.list, part.key, draft);
  return part.capital ? capitalised(text) : text;
}

function settle(list: string, key: string, draft: Draft): string {
  const known = draft.settled.get(key);
  if (known !== undefined) return known;
  const taken = new Set(draft.settled.values());
  let text = draw(list, draft);
  for (let tries = 0; tries < 5 && taken.has(text); tries += 1) text = draw(list, draft);
  draft.settled.set(key, text);
  return text;
}

function draw(list: string, draft: Draft): string {
  const entries = draft.lists.get(list);
  if (!entries) throw new Error(`a template draws from “${list}”, which is no list`);
  return write(pick(draft.random, entries), draft);
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
