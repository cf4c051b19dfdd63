import type { Tokens as IssuedTokens, Me, SignedIn } from '../users/schemas.ts';
import { get, post } from './caller.ts';
import { isTransient } from './errors.ts';
import type { Http } from './http.ts';
import { type StoredTokens, storedTokens, type TokenStore } from './stored-tokens.ts';

/** How a sign-in begins, is kept between two runs, and is renewed. */
export interface SignIns {
  begin(path: string, body: object): Promise<StoredTokens>;
  /** The one that is kept; undefined when there is none. */
  find(): Promise<StoredTokens | undefined>;
  keep(tokens: StoredTokens | undefined): Promise<void>;
  /** Other tokens of the same user. Undefined when the sign-in is over, which it then is for find() as well. */
  renew(spent: StoredTokens): Promise<StoredTokens | undefined>;
}

/** The refresh token is kept by this client, in its store. */
export const storeSignIns = (http: Http, store: TokenStore): SignIns => ({
  begin: async (path, body) => {
    const { user, ...issued } = await http.send<SignedIn>(post(path, body));
    return storedTokens(user, issued);
  },
  find: async () => store.load(),
  keep: async (tokens) => store.save(tokens),
  renew: async (spent) => {
    const kept = await store.load();
    // Another tab that shares the store has logged out, or in as somebody else.
    if (kept?.user.username !== spent.user.username) return undefined;
    // Another tab was faster, and has spent the refresh token that we know.
    if (kept.refreshToken !== spent.refreshToken) return kept;
    const { refreshToken } = spent;
    const issued = await unlessRefused(
      http.send<IssuedTokens>(refresh({ body: { refreshToken } })),
    );
    if (issued) return storedTokens(spent.user, issued);
    // Unless somebody has signed in meanwhile.
    if ((await store.load())?.refreshToken === refreshToken) await store.save(undefined);
    return undefined;
  },
});

/**
 * The refresh token is in a cookie that no script reads, and which all tabs of a browser share. `lastUser` is who was
 * signed in before, for a start without a server to ask.
 */
export const cookieSignIns = (http: Http, lastUser: () => Promise<Me | undefined>): SignIns => {
  const query = { session: 'cookie' };
  const renewed = async (): Promise<StoredTokens | undefined> => {
    const issued = await unlessRefused(http.send<IssuedTokens>(refresh({ query })));
    return (
      issued && storedTokens(await http.send<Me>(get('/users/me'), issued.accessToken), issued)
    );
  };
  return {
    begin: async (path, body) => {
      const { user, ...issued } = await http.send<SignedIn>({ ...post(path, body), query });
      return storedTokens(user, issued);
    },
    find: () =>
      renewed().catch(async (error) => {
        const user = isTransient(error) && (await lastUser().catch(() => undefined));
        if (!user) throw error;
        return { user, ...UNKNOWN };
      }),
    keep: async () => {},
    renew: async (spent) => {
      const tokens = await renewed();
      // Another tab has signed in as somebody else.
      return tokens?.user.username === spent.user.username ? tokens : undefined;
    },
  };
};

/** To be renewed before they are used. */
const UNKNOWN = { accessToken: '', refreshToken: '', renewAfter: 0 };

const refresh = (how: { body: object } | { query: Record<string, string> }) => ({
  ...post('/auth/refresh'),
  ...how,
});

/** Without an answer the token may be spent; the server gives its successor again for a while. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isTransient(error)) throw error;
    return undefined;
  }
}
