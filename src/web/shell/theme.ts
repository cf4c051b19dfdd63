import { effect, signal } from '@preact/signals';
import { kept } from './kept.ts';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = signal<Theme>(THEMES.find((name) => name === kept.get('theme')) ?? 'system');

export const startTheme = (): void =>
  void effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    kept.set('theme', theme.value === 'system' ? undefined : theme.value);
  });
