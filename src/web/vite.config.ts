import { join } from 'node:path';
import { defineConfig } from 'vite';
import { emojiData } from './emoji/emoji-data-plugin.ts';

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [emojiData()],
  build: {
    outDir: join(import.meta.dirname, '../../.web'),
    emptyOutDir: true,
    target: ['es2024', 'chrome123', 'firefox125', 'safari17.5'],
    modulePreload: { polyfill: false },
    // The page's policy allows no data: addresses.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/api': { target: 'http://localhost:3000', ws: true } },
  },
});
