import './account.css';
import type { ComponentChildren } from 'preact';
import { BellIcon } from '../parts/icons.tsx';

/** What stands alone in the page, for whoever is not signed in. */
export const AccountFrame = ({ children }: { children: ComponentChildren }) => (
  <main class="account">
    <div class="account-frame">
      <span class="account-mark">
        <BellIcon />
      </span>
      {children}
    </div>
  </main>
);
