import { test } from 'tap';
import { openBrowser, openWindow, startSite } from '../support/browser.ts';

/** As DevTools calls “Slow 4G”, of a telephone: milliseconds, and bytes a second. */
const LINK = {
  offline: false,
  latency: 150,
  downloadThroughput: 200_000,
  uploadThroughput: 93_750,
};
const SLOWER_PROCESSOR = 4;

/** Milliseconds. */
const FIRST_PAINT = 1_000;
/** What is asked for before one can sign in, and the bytes of it as they travel. */
const REQUESTS = 10;
const BYTES = 55_000;

interface Paint {
  firstPaint: number;
  files: { name: string; size: number; encoded: number; decoded: number }[];
}

const PAINT = `({
  firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  files: ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type)).map((entry) => ({
    name: new URL(entry.name).pathname,
    size: entry.transferSize,
    encoded: entry.encodedBodySize,
    decoded: entry.decodedBodySize,
  })),
})`;

test('on a slow link and a slow processor there is something to see within a second', async (t) => {
  const site = await startSite(t);
  const browser = await openBrowser(t);
  const visit = async () => {
    const { page } = await openWindow(browser, 'about:blank');
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', LINK);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_PROCESSOR });
    await page.goto(site.url);
    await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    const first = (await page.evaluate(PAINT)) as Paint;
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to Doorbell' }).waitFor();
    const second = (await page.evaluate(PAINT)) as Paint;
    await page.context().close();
    return { first, second };
  };
  const visits = [await visit(), await visit(), await visit()];

  // The best of them, for other tests run beside this one.
  const firstPaint = Math.min(...visits.map(({ first }) => first.firstPaint));
  t.ok(firstPaint > LINK.latency && firstPaint < FIRST_PAINT, `painted after ${firstPaint} ms`);
  for (const { first, second } of visits) {
    const bytes = first.files.reduce((sum, { size }) => sum + size, 0);
    t.ok(first.files.length <= REQUESTS, `${first.files.length} requests`);
    t.ok(bytes <= BYTES, `${bytes} bytes`);
    const assets = first.files.filter(({ name }) => /\.(js|css)$/.test(name));
    t.ok(assets.length >= 2, 'the premise');
    for (const { name, encoded, decoded } of assets)
      t.ok(encoded < decoded, `${name} is compressed`);
    for (const { name, size } of second.files)
      if (name.startsWith('/assets/')) t.equal(size, 0, `${name} is kept`);
  }
});
