import { useLayoutEffect, useRef } from 'preact/hooks';

/** For a dialog that is open while it is rendered: the focus is kept inside, and given back. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      const focused = document.activeElement;
      if (focused === document.body || shown?.contains(focused)) giveBack(opener);
    };
  }, []);
  return dialog;
}

/** What a message shows only while it has the focus, the browser finds hidden: then by way of the message. */
function giveBack(opener: Element | null): void {
  opener?.closest<HTMLElement>('[tabindex]')?.focus();
  if (opener instanceof HTMLElement) opener.focus();
}
