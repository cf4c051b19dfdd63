import type { ComponentChildren } from 'preact';

interface ScrolledProps {
  label: string;
  isBusy: boolean;
  children: ComponentChildren;
}

/** The body of a view that is mostly read, and scrolled by the keyboard when it has the focus. */
export const Scrolled = ({ label, isBusy, children }: ScrolledProps) => (
  <section
    class="view-body admin-body"
    aria-label={label}
    aria-busy={isBusy}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached without a mouse.
    tabIndex={0}
    data-scrolls
  >
    {children}
  </section>
);
