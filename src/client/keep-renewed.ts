import type { StoredTokens } from './stored-tokens.ts';
import type { Tokens } from './tokens.ts';

/** The longest delay that setTimeout keeps; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * For as long as a socket is open: renews the access token before it ends, and hands every new one to
 * `use`. `known` is the one that the socket was opened with. Returns the function that stops.
 */
export function keepRenewed(
  tokens: Tokens,
  known: StoredTokens,
  use: (accessToken: string) => void,
): () => void {
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = ({ renewAfter }: StoredTokens): void => {
    if (isStopped) return;
    const delay = Math.min(Math.max(renewAfter - Date.now(), 0), LONGEST_TIMEOUT);
    // Should it fail, the server closes the socket when the token ends, and the next one renews it.
    timer = setTimeout(() => void tokens.access().then(schedule, () => {}), delay);
  };
  const stopListening = tokens.events.on('renewed', ({ accessToken }) => use(accessToken));
  const current = tokens.current ?? known;
  if (current.accessToken !== known.accessToken) use(current.accessToken);
  schedule(current);
  return () => {
    isStopped = true;
    clearTimeout(timer);
    stopListening();
  };
}
