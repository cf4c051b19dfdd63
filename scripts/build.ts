// node scripts/build.ts [--if-stale]
// Builds the web front end; with --if-stale only when it is not as its sources are, and Vite is there.
import { buildPage, hasBuilder, isFresh } from './support/build-page.ts';

const onlyIfStale = process.argv.includes('--if-stale');
if (!onlyIfStale || (!isFresh() && hasBuilder())) {
  console.log('Building the web front end …');
  await buildPage();
}
