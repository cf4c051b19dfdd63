// node scripts/prepare-page.ts
// Before the tests, whose time is limited: a Chromium, installed if need be, and the page that they open.
import { buildPage, isFresh } from './support/build-page.ts';
import { ensureChromium } from './support/chromium.ts';

await ensureChromium();
if (!isFresh()) await buildPage();
