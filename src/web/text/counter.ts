import type { Language } from './text.ts';

/** Says how many there are of something. */
export function counter(language: Language) {
  const plural = new Intl.PluralRules(language);
  return (n: number, one: string, other: string): string =>
    `${n} ${plural.select(n) === 'one' ? one : other}`;
}
