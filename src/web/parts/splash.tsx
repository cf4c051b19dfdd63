import './splash.css';
import { text } from '../text/text.ts';

/** What stands in the page until it is known what to show. It comes with index.html, before any script. */
export const Splash = () => (
  <main class="splash" aria-busy="true">
    <p>{text.value.app}</p>
  </main>
);
