import { text } from '../text/text.ts';

/** Each before those whose names it claims as well. */
const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
];
const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

/** What a person calls a device that describes itself so; a program that is no browser, as it does. */
export function deviceName(userAgent: string): string {
  const browser = firstIn(BROWSERS, userAgent);
  if (browser === undefined) return userAgent.trim() || text.value.unknownDevice;
  const system = firstIn(SYSTEMS, userAgent);
  return system === undefined ? browser : text.value.browserOn(browser, system);
}

const firstIn = (names: typeof BROWSERS, userAgent: string): string | undefined =>
  names.find(([, pattern]) => pattern.test(userAgent))?.[0];
