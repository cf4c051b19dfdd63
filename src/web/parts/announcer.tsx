import { signal } from '@preact/signals';

const said = signal('');

/** Has screen readers say this, when they have said what they are at. */
export const announce = (words: string): void => {
  said.value = words;
};

/** Stands once in the page. */
export const Announcer = () => (
  <p class="visually-hidden" aria-live="polite">
    {said.value}
  </p>
);
