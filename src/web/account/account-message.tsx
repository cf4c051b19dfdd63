import { text } from '../text/text.ts';
import { AccountFrame } from './account-frame.tsx';

interface AccountMessageProps {
  title: string;
  hint?: string;
}

/** How something ended that began in a form or a mail. */
export const AccountMessage = ({ title, hint }: AccountMessageProps) => (
  <AccountFrame>
    <div class="account-parts" role="status">
      <h1>{title}</h1>
      {hint && <p>{hint}</p>}
    </div>
    <a class="button" data-kind="main" href="/">
      {text.value.goOn}
    </a>
  </AccountFrame>
);
