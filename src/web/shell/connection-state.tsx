import { useEffect, useState } from 'preact/hooks';
import { connection } from '../account/sign-in-state.ts';
import { text } from '../text/text.ts';

/** Milliseconds that a connection may take before anybody is told: most take less. */
const PATIENCE = 1_500;

/** Says so when there is no connection, and for whom the screen is read, when there is one again. */
export const ConnectionState = () => {
  const isLive = connection.value === 'live';
  const [isTold, setTold] = useState(false);
  useEffect(() => {
    const timer = isLive ? undefined : setTimeout(() => setTold(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isLive]);
  return (
    <div class="connection" role="status">
      {!isLive && isTold && <p>{text.value.connecting}</p>}
      {isLive && isTold && <p class="visually-hidden">{text.value.reconnected}</p>}
    </div>
  );
};
