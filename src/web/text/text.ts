import { signal } from '@preact/signals';
import { en } from './en.ts';

export type Text = typeof en;

/** As in the `lang` of HTML. */
export type Language = 'en' | 'de';

const files: Record<Language, () => Promise<Text>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
};

/** What the page says, in the language that it is shown in. */
export const text = signal<Text>(en);
export const language = signal<Language>('en');

/** The first of these that there is. */
export const chooseLanguage = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.slice(0, 2) as Language).find((tag) => Object.hasOwn(files, tag)) ?? 'en';

export async function speak(chosen: Language): Promise<void> {
  text.value = await files[chosen]();
  language.value = chosen;
}
