import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import { violationsOf } from './browser.ts';

const SIZES = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
];

/** Checks that a view, once it shows the words, is accessible, light and dark, and no wider than the screen. */
export const looker = (t: Test, page: Page, url: string) => async (path: string, words: string) => {
  await page.goto(url + path);
  await page.getByText(words).first().waitFor();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      t.same(await violationsOf(page), [], `${path} ${size.width} ${colorScheme}`);
    }
    const width = await page.evaluate('document.documentElement.scrollWidth');
    t.equal(width, size.width, `${path} is ${size.width} wide`);
  }
};
