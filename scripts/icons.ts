// node scripts/icons.ts
// Draws src/web/icon.svg as the images by which devices install the web front end. Run it when the drawing has changed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './support/chromium.ts';

const web = join(import.meta.dirname, '../src/web');
const drawing = readFileSync(join(web, 'icon.svg'), 'utf8');
/** Of a maskable one a device may cut all but a circle of four fifths away: no round corners, and all of the bell within. */
const maskable = drawing
  .replace('rx="8"', '')
  .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"');
const ICONS = [
  { name: 'icon-192.png', size: 192, svg: drawing },
  { name: 'icon-512.png', size: 512, svg: drawing },
  {
    name: 'icon-maskable-512.png',
    size: 512,
    svg: maskable
      .replace('<rect ', '<rect x="-4" y="-4" ')
      .replace('width="32" height="32"', 'width="40" height="40"'),
  },
];

const browser = await launchChromium();
for (const { name, size, svg } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: join(web, 'public', name), omitBackground: true });
  await page.close();
}
await browser.close();
