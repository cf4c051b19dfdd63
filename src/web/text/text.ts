import { signal } from '@preact/signals';
import { en } from './en.ts';
import type { enLater } from './en-later.ts';

export type Text = typeof en & typeof enLater;

/** As in the `lang` of HTML. */
export type Language = 'en' | 'de';

const files: Record<Language, () => Promise<Text>> = {
  en: async () => english,
  de: async () => (await import('./de.ts')).de,
};

/** English is there at once, but for the words of the views that are fetched later; see completeText(). */
let english = en as Text;

/** What the page says, in the language that it is shown in. */
export const text = signal<Text>(english);
export const language = signal<Language>('en');

/** The first of these that there is. */
export const chooseLanguage = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.slice(0, 2) as Language).find((tag) => Object.hasOwn(files, tag)) ?? 'en';

export async function speak(chosen: Language): Promise<void> {
  text.value = await files[chosen]();
  language.value = chosen;
}

/** To be awaited by whatever is not of the first screen. */
export async function completeText(): Promise<void> {
  if (english !== en) return;
  const { enLater } = await import('./en-later.ts');
  english = { ...en, ...enLater };
  if (language.value === 'en') text.value = english;
}
