import './empty.css';
import type { ComponentChildren } from 'preact';

interface EmptyProps {
  title: string;
  hint?: string;
  /** What one can do about it. */
  children?: ComponentChildren;
}

/** Where there is nothing to show: why, and what to do. */
export const Empty = ({ title, hint, children }: EmptyProps) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {hint && <p class="empty-hint">{hint}</p>}
    {children}
  </div>
);
