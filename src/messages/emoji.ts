import { invalidValue } from '../core/problems.ts';

/** Signs that in a fully-qualified emoji are followed by U+FE0F, unless a skin tone is (Unicode's UTS #51). */
const PLAIN_SIGN = /(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu;

/**
 * One emoji that Unicode recommends for general interchange, in its fully-qualified form: keyboards leave U+FE0F
 * out or add one, and a heart is one reaction however it was typed. Throws a 400 for anything else.
 */
export function parseEmoji(text: string): string {
  const bare = text.replaceAll(/(\p{Emoji})\ufe0f/gu, '$1');
  const emoji = bare.replaceAll(PLAIN_SIGN, '$&\ufe0f');
  if (!/^\p{RGI_Emoji}$/v.test(emoji)) throw invalidValue('emoji', 'must be exactly one emoji');
  return emoji;
}
