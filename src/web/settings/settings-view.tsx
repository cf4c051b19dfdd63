import './settings.css';
import type { ComponentChildren } from 'preact';
import { ViewHead } from '../shell/view-head.tsx';

/** One thing that is set in a view of its own. */
export const SettingsView = ({
  title,
  children,
}: {
  title: string;
  children: ComponentChildren;
}) => (
  <>
    <ViewHead back="/settings">
      <h1>{title}</h1>
    </ViewHead>
    <div class="view-body settings" data-scrolls>
      {children}
    </div>
  </>
);
