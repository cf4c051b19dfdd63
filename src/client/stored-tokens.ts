import type { Tokens as IssuedTokens, Me } from '../users/schemas.ts';

export interface StoredTokens {
  user: Me;
  accessToken: string;
  /** Empty where a cookie keeps it. */
  refreshToken: string;
  /** Milliseconds since 1970, by this device's clock: renew from here on. */
  renewAfter: number;
}

/** Where a device keeps its sign-in between two runs. The refresh token is a secret: store it as one. */
export interface TokenStore {
  load(): Promise<StoredTokens | undefined> | StoredTokens | undefined;
  save(tokens: StoredTokens | undefined): Promise<void> | void;
}

export const memoryTokenStore = (): TokenStore => {
  let kept: StoredTokens | undefined;
  return {
    load: () => kept,
    save: (tokens) => {
      kept = tokens;
    },
  };
};

const LONGEST_LEAD = 60_000;
/** The times in a JWT are whole seconds, so that a token may end so much earlier than it says. */
const ROUNDING = 1_000;

export const storedTokens = (
  user: Me,
  { accessToken, refreshToken = '', expiresIn }: IssuedTokens,
): StoredTokens => {
  const life = expiresIn * 1_000;
  const lead = Math.min(LONGEST_LEAD, life / 5) + ROUNDING;
  const renewAfter = Date.now() + life - Math.min(lead, life / 2);
  return { user, accessToken, refreshToken, renewAfter };
};
