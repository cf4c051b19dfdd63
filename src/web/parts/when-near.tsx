import { useEffect, useRef } from 'preact/hooks';

interface WhenNearProps {
  /** Changes when what stands around it has: it may be near still. */
  after: unknown;
  onNear: () => void;
}

/** Pixels from the screen that count as near. */
const MARGIN = '400px';

/** An invisible mark in a list, which tells when it comes near the screen. */
export const WhenNear = ({ after, onNear }: WhenNearProps) => {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        // A busy page is told of several moments at once.
        if (entries.some(({ isIntersecting }) => isIntersecting)) onNear();
      },
      { root: mark.current.closest('[data-scrolls]'), rootMargin: MARGIN },
    );
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [after]);
  return <div ref={mark} />;
};
