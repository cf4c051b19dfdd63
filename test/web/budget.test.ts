import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { buildPage, isFresh } from '../../scripts/support/build-page.ts';

/** Bytes, gzipped: of scripts, and of style sheets. */
const SCRIPTS = 40_000;
const STYLES = 8_000;

test('the first screen fits its budget', async (t) => {
  if (!isFresh()) await buildPage();
  const html = readFileSync('.web/index.html', 'utf8');
  const sizeOf = (pattern: RegExp): number =>
    [...html.matchAll(pattern)]
      .map(([, file]) => readFileSync(`.web${file}.gz`).length)
      .reduce((sum, size) => sum + size, 0);
  const scripts = sizeOf(/(?:src|href)="(\/assets\/[^"]+\.js)"/g);
  const styles = sizeOf(/href="(\/assets\/[^"]+\.css)"/g);
  t.ok(scripts > 0 && styles > 0, 'the premise');
  t.ok(scripts <= SCRIPTS, `${scripts} bytes of scripts`);
  t.ok(styles <= STYLES, `${styles} bytes of styles`);
});
