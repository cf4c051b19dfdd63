import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** Puts the focus where one is going to type; not on a touch screen, half of which its keyboard would cover. */
export function useFirstFocus(input: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) input.current?.focus();
  }, []);
}
