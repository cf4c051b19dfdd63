// Preloaded into a server: `--import …/variant.ts?<name>` breaks it in the way of that name.
import { readFileSync } from 'node:fs';
import { type LoadHookSync, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { variants } from './variants.ts';

const root = join(import.meta.dirname, '../../..');
const name = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const variant = variants[name];
if (!variant) throw new Error(`no variant is called ${name}`);

const edits = Map.groupBy(variant.edits, ({ file }) => pathToFileURL(join(root, file)).href);

/** A variant that no longer fits the source must not pass for one that was caught. */
function edited(url: string, text: string): string {
  return (edits.get(url) ?? []).reduce((source, { find, replace }) => {
    if (!source.includes(find)) throw new Error(`${name}: ${url} has no longer ${find}`);
    return source.replace(find, () => replace);
  }, text);
}

const load: LoadHookSync = (url, context, nextLoad) => {
  if (!edits.has(url)) return nextLoad(url, context);
  const source = edited(url, readFileSync(new URL(url), 'utf8'));
  return { format: 'module-typescript', source, shortCircuit: true };
};
registerHooks({ load });
