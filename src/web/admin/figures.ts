import { language } from '../text/text.ts';

type Unit = 'day' | 'hour' | 'minute' | 'second' | 'millisecond' | 'megabyte';

const LENGTHS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export const figure = (value: number): string =>
  new Intl.NumberFormat(language.value).format(value);

export const quantity = (value: number, unit: Unit, unitDisplay: 'long' | 'short' = 'short') =>
  new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit,
    unitDisplay,
    maximumFractionDigits: 1,
  }).format(value);

/** In the largest unit that fits: 3 days. */
export function duration(seconds: number): string {
  const [unit, length] = LENGTHS.find(([, most]) => seconds >= most) ?? ['second', 1];
  return quantity(Math.floor(seconds / length), unit, 'long');
}
