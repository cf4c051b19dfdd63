import { de } from '../text/de.ts';
import { en } from '../text/en.ts';
import { worker } from './worker.ts';

/** Of the browser: what is chosen in the page is kept where only pages can read. */
export const words = worker.navigator.language.startsWith('de') ? de : en;
