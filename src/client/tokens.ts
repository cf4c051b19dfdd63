import type {
  Tokens as IssuedTokens,
  LoginBody,
  Me,
  RegisterBody,
  SignedIn,
} from '../users/schemas.ts';
import type { Emitter } from './emitter.ts';
import { isTransient, signedOut } from './errors.ts';
import type { Http } from './http.ts';

/** This client keeps the refresh token itself, so none of its answers is without. */
type TokenPair = Required<IssuedTokens>;

export interface StoredTokens {
  user: Me;
  accessToken: string;
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

export interface TokenEvents {
  renewed: StoredTokens;
  ended: undefined;
}

const LONGEST_LEAD = 60_000;
/** The times in a JWT are whole seconds, so that a token may end so much earlier than it says. */
const ROUNDING = 1_000;

/** Keeps the access token usable. Renewal is single flight, because a refresh token is spent on use. */
export class Tokens {
  readonly #store: TokenStore;
  readonly #http: Http;
  readonly events: Emitter<TokenEvents>;
  #loading: Promise<void> | undefined;
  #current: StoredTokens | undefined;
  #renewing: Promise<StoredTokens> | undefined;

  constructor(store: TokenStore, http: Http, events: Emitter<TokenEvents>) {
    this.#store = store;
    this.#http = http;
    this.events = events;
  }

  get current(): StoredTokens | undefined {
    return this.#current;
  }

  /** Reads the store, once. */
  load(): Promise<void> {
    this.#loading ??= (async () => {
      const kept = await this.#store.load();
      this.#current ??= kept;
    })();
    return this.#loading;
  }

  register(body: RegisterBody): Promise<void> {
    return this.#signIn('/auth/register', body);
  }

  login(body: LoginBody): Promise<void> {
    return this.#signIn('/auth/login', body);
  }

  async forget(): Promise<void> {
    await this.#store.save(undefined);
    this.#end();
  }

  /** Renewed first when its end is near. Throws `signed_out` when there is none. */
  async access(): Promise<StoredTokens> {
    await this.load();
    if (!this.#current) throw signedOut();
    return Date.now() < this.#current.renewAfter ? this.#current : this.#renew(this.#current);
  }

  /** Another access token than `refused`. Throws `signed_out`, after `ended`, when none is given. */
  async other(refused: string): Promise<StoredTokens> {
    await this.load();
    if (!this.#current) throw signedOut();
    return this.#current.accessToken === refused ? this.#renew(this.#current) : this.#current;
  }

  async #signIn(path: string, body: object): Promise<void> {
    const { user, ...pair } = await this.#http.send<SignedIn & TokenPair>({
      method: 'POST',
      path,
      body,
    });
    if (this.#current) this.#end();
    await this.#adopt(stored(user, pair));
  }

  #renew(spent: StoredTokens): Promise<StoredTokens> {
    this.#renewing ??= this.#refresh(spent).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #refresh(spent: StoredTokens): Promise<StoredTokens> {
    const kept = await this.#store.load();
    // Another tab that shares the store has logged out, or in as somebody else.
    if (kept?.user.username !== spent.user.username) {
      this.#end();
      throw signedOut();
    }
    // Another tab was faster, and has spent the refresh token that we know.
    const isRenewed = kept.refreshToken !== spent.refreshToken;
    const tokens = isRenewed ? kept : stored(spent.user, await this.#exchange(spent));
    if (this.#current !== spent) throw signedOut();
    await this.#adopt(tokens);
    this.events.emit('renewed', tokens);
    return tokens;
  }

  async #exchange(spent: StoredTokens): Promise<TokenPair> {
    try {
      const body = { refreshToken: spent.refreshToken };
      return await this.#http.send({ method: 'POST', path: '/auth/refresh', body });
    } catch (error) {
      // Without an answer the token may be spent; the server gives its successor again for a while.
      if (isTransient(error)) throw error;
      if (this.#current === spent) await this.forget();
      throw signedOut();
    }
  }

  #end(): void {
    if (!this.#current) return;
    this.#current = undefined;
    this.events.emit('ended', undefined);
  }

  /** Stores before anything uses them: a process that dies in between would have lost its sign-in. */
  async #adopt(tokens: StoredTokens): Promise<StoredTokens> {
    await this.#store.save(tokens);
    this.#current = tokens;
    return tokens;
  }
}

const stored = (user: Me, { accessToken, refreshToken, expiresIn }: TokenPair): StoredTokens => {
  const life = expiresIn * 1_000;
  const lead = Math.min(LONGEST_LEAD, life / 5) + ROUNDING;
  const renewAfter = Date.now() + life - Math.min(lead, life / 2);
  return { user, accessToken, refreshToken, renewAfter };
};
