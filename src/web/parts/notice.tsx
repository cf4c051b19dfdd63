import './notice.css';
import { signal } from '@preact/signals';
import { problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';
import { CloseIcon } from './icons.tsx';

/** Milliseconds. */
const SHOWN_FOR = 8_000;

const shown = signal<string | undefined>();
let timer: ReturnType<typeof setTimeout> | undefined;

const show = (words: string | undefined): void => {
  clearTimeout(timer);
  shown.value = words;
  if (words) timer = setTimeout(() => show(undefined), SHOWN_FOR);
};

/** Tells of something that has no better place. */
export const tell = (words: string): void => show(words);

/** Tells of a call that failed and that has no better place to say so. */
export const tellProblem = (error: unknown): void => show(problemText(error));

/** Stands once in the page. */
export const Notice = () => (
  <div class="notice-place" role="alert">
    {shown.value && (
      <div class="notice">
        <p>{shown.value}</p>
        <button
          type="button"
          class="icon-button"
          aria-label={text.value.close}
          onClick={() => show(undefined)}
        >
          <CloseIcon />
        </button>
      </div>
    )}
  </div>
);
