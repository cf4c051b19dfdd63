import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const names = new Map([
  ['en', require.resolve('emojibase-data/en/data.json')],
  ['de', require.resolve('emojibase-data/de/data.json')],
]);
const PREFIX = 'virtual:emoji/';
/** Parts of emoji, which nobody picks by themselves. */
const COMPONENTS = 2;
/** Of Unicode's emoji; many a system has no picture of newer ones. */
const NEWEST = 15.1;

interface Entry {
  group?: number;
  order?: number;
  emoji: string;
  version: number;
  label: string;
  tags?: string[];
}

/** `virtual:emoji/de`: the emoji with their names, as text that emoji-list.ts reads. */
export const emojiData = (): Plugin => ({
  name: 'emoji-data',
  resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
  load: (id) =>
    id.startsWith(`\0${PREFIX}`)
      ? `export default ${JSON.stringify(linesOf(id.slice(PREFIX.length + 1)))}`
      : undefined,
});

function linesOf(language: string): string {
  const file = names.get(language) ?? '';
  const entries: Entry[] = read(file);
  const groups: { message: string; order: number }[] = read(
    join(dirname(file), 'messages.json'),
  ).groups;
  return groups
    .filter(({ order }) => order !== COMPONENTS)
    .map(({ message, order }) => [message, ...linesOfGroup(entries, order)].join('\n'))
    .join('\n\n');
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

const linesOfGroup = (entries: readonly Entry[], group: number): string[] =>
  entries
    .filter((entry) => entry.group === group && entry.version <= NEWEST)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ emoji, label, tags = [] }) => {
      const others = tags.filter((tag) => !label.toLowerCase().includes(tag));
      return [emoji, label, others.join(' ')].join('\t');
    });
