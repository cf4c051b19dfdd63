import { effect } from '@preact/signals';
import { chooseLanguage, type Language, language, speak } from '../text/text.ts';
import { kept } from './kept.ts';

/** Resolves when the page has its words. */
export async function startLanguage(): Promise<void> {
  const chosen = kept.get('language');
  await speak(chooseLanguage(chosen ? [chosen] : navigator.languages)).catch(() => speak('en'));
  effect(() => {
    document.documentElement.lang = language.value;
  });
}

export async function changeLanguage(chosen: Language): Promise<void> {
  await speak(chosen);
  kept.set('language', chosen);
}
