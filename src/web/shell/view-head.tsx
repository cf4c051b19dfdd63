import type { ComponentChildren } from 'preact';
import { BackIcon } from '../parts/icons.tsx';
import { text } from '../text/text.ts';

interface ViewHeadProps {
  children: ComponentChildren;
  /** Where it leads to from further in. Else to the list, on narrow screens alone. */
  back?: string;
}

/** The top of whatever stands beside the list. */
export const ViewHead = ({ children, back }: ViewHeadProps) => (
  <header class="view-head">
    <a
      class={back ? 'icon-button' : 'icon-button view-back'}
      href={back ?? '/'}
      aria-label={text.value.back}
    >
      <BackIcon />
    </a>
    {children}
  </header>
);
