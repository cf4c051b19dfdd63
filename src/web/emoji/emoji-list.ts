import type { Language } from '../text/text.ts';

export interface Emoji {
  emoji: string;
  name: string;
  /** What else it is found by. */
  words: string;
}

export interface EmojiGroup {
  name: string;
  emoji: readonly Emoji[];
}

const files: Record<Language, () => Promise<{ default: string }>> = {
  en: () => import('virtual:emoji/en'),
  de: () => import('virtual:emoji/de'),
};

export const loadEmoji = async (language: Language): Promise<EmojiGroup[]> =>
  parseEmoji((await files[language]()).default);

/** What this browser's Unicode does not know yet, it could not show. */
const KNOWN = /^\p{RGI_Emoji}$/v;

/** A name of a group and its emoji by lines, between groups an empty one. */
const parseEmoji = (text: string): EmojiGroup[] =>
  text.split('\n\n').map((part) => {
    const [title = '', ...lines] = part.split('\n');
    const emoji = lines.map((line) => {
      const [sign = '', name = '', words = ''] = line.split('\t');
      return { emoji: sign, name, words };
    });
    return {
      name: title.slice(0, 1).toUpperCase() + title.slice(1),
      emoji: emoji.filter((one) => KNOWN.test(one.emoji)),
    };
  });

/** Those that each of the words is said of; first those that are called so. */
export function findEmoji(groups: readonly EmojiGroup[], search: string): Emoji[] {
  const wanted = search.toLowerCase().split(/\s+/);
  const isOf = (words: string): boolean => wanted.every((word) => words.includes(word));
  const found = groups
    .flatMap(({ emoji }) => emoji)
    .filter(({ name, words }) => isOf(`${name} ${words}`.toLowerCase()));
  const isNamed = ({ name }: Emoji): boolean => isOf(name.toLowerCase());
  return [...found.filter(isNamed), ...found.filter((one) => !isNamed(one))];
}
