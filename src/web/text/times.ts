import { type Language, language, text } from './text.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Made once for each language and form: making one takes longer than using it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();
function format(form: Intl.DateTimeFormatOptions, date: Date): string {
  const key = `${language.value} ${JSON.stringify(form)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language.value), form);
  formats.set(key, known);
  return known.format(date);
}

/** The reader's own variant of the language, for it tells of the order of dates and of clocks. */
const localeOf = (chosen: Language): string =>
  globalThis.navigator?.languages?.find((tag) => tag.startsWith(chosen)) ?? chosen;

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** Days are as long as the clocks say, so that a summer’s first is still one day ago. */
const daysBetween = (earlier: Date, later: Date): number =>
  Math.round((startOfDay(later) - startOfDay(earlier)) / DAY);

export const isSameDay = (a: string, b: string): boolean =>
  startOfDay(new Date(a)) === startOfDay(new Date(b));

export const clockTime = (at: string): string =>
  format({ hour: 'numeric', minute: '2-digit' }, new Date(at));

export const fullTime = (at: string): string =>
  format({ dateStyle: 'full', timeStyle: 'short' }, new Date(at));

/** Of something that happened once and is told of on its own. */
export const dayAndTime = (at: string, now: number): string =>
  `${dayName(at, now)}, ${clockTime(at)}`;

/** For a list: how long ago while that is short, else when. */
export function shortTime(at: string, now: number): string {
  const date = new Date(at);
  const ago = now - date.getTime();
  if (ago < MINUTE) return text.value.now;
  if (ago < 60 * MINUTE) return text.value.minutes(Math.floor(ago / MINUTE));
  const days = daysBetween(date, new Date(now));
  if (days < 1) return clockTime(at);
  if (days === 1) return text.value.yesterday;
  if (days < 7) return format({ weekday: 'short' }, date);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  if (isThisYear) return format({ day: 'numeric', month: 'short' }, date);
  return format({ dateStyle: 'short' }, date);
}

/** For the line between two days. */
export function dayName(at: string, now: number): string {
  const date = new Date(at);
  const days = daysBetween(date, new Date(now));
  if (days === 0) return text.value.today;
  if (days === 1) return text.value.yesterday;
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? {} : ({ year: 'numeric' } as const);
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...year }, date);
}
