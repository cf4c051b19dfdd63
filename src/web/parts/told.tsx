import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** How something ended, in place of the form that it began in, and with its focus. */
export const Told = ({ title, children }: { title: string; children: ComponentChildren }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div class="told" ref={place} tabIndex={-1}>
      <h2>{title}</h2>
      {children}
    </div>
  );
};
