import { pick, type Random } from './random.ts';

/** How somebody types. */
export interface Voice {
  lowerCase: boolean;
  endsSentences: boolean;
  /** Share of the messages that end with one of the favourite emoji. */
  emoji: number;
  favourites: readonly string[];
}

const EMOJI = [
  ...[
    '😀',
    '😄',
    '😅',
    '😂',
    '🙂',
    '😉',
    '😊',
    '😎',
    '🤗',
    '🤓',
    '😇',
    '🥲',
    '😋',
    '🙃',
    '😬',
    '🤷',
    '🙈',
    '🤞',
    '👌',
  ],
  ...[
    '✌️',
    '💪',
    '🙏',
    '❤️',
    '🧡',
    '💚',
    '✨',
    '🌻',
    '🌈',
    '☕',
    '🍀',
    '🎉',
    '🔥',
    '🚲',
    '🐌',
    '🦊',
    '🐙',
    '🌊',
    '👀',
  ],
];

export const voiceOf = (random: Random): Voice => ({
  lowerCase: random() < 0.15,
  endsSentences: random() < 0.55,
  emoji: random() ** 2 * 0.4,
  favourites: Array.from({ length: 4 }, () => pick(random, EMOJI)),
});

/** Small letters are for English only: elsewhere the case of a letter is not that simple. */
export function inVoice(voice: Voice, text: string, language: string, random: Random): string {
  let said = voice.lowerCase && language === 'en' ? text.toLowerCase() : text;
  if (!voice.endsSentences) said = said.replace(/\.$/, '');
  const adds = random() < voice.emoji && /[\p{L}\d.!?)]$/u.test(said);
  return adds ? `${said} ${pick(random, voice.favourites)}` : said;
}
