// node scripts/screenshots.ts [folder]
// Pictures of the main views, light and dark, narrow and wide, over seeded talk.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setStage } from './screenshots/stage.ts';
import { takePictures } from './screenshots/take-pictures.ts';
import { buildPage, isFresh } from './support/build-page.ts';

const folder = resolve(process.argv[2] ?? '.web-screenshots');
const dir = mkdtempSync(join(tmpdir(), 'doorbell-screenshots-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

if (!isFresh()) await buildPage();
await mkdir(folder, { recursive: true });
await using stage = await setStage(dir);
const count = await takePictures(stage, folder);
console.log(`${count} pictures in ${folder}`);
