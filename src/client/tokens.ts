import type { LoginBody, Me, RegisterBody } from '../users/schemas.ts';
import type { Emitter } from './emitter.ts';
import { signedOut } from './errors.ts';
import type { SignIns } from './sign-ins.ts';
import type { StoredTokens } from './stored-tokens.ts';

export interface TokenEvents {
  renewed: StoredTokens;
  ended: undefined;
}

/** Keeps the access token usable. Renewal is single flight, because a refresh token is spent on use. */
export class Tokens {
  readonly events: Emitter<TokenEvents>;
  readonly #signIns: SignIns;
  #loading: Promise<void> | undefined;
  #current: StoredTokens | undefined;
  #renewing: Promise<StoredTokens> | undefined;

  constructor(signIns: SignIns, events: Emitter<TokenEvents>) {
    this.#signIns = signIns;
    this.events = events;
  }

  get current(): StoredTokens | undefined {
    return this.#current;
  }

  /** Takes up the sign-in that is kept, once; again when that failed. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /**
   * Takes what the server says of whoever is signed in, and returns whether that is somebody it is of. A store has it
   * with the next renewal: saved now, it could bring back a refresh token that another tab has spent meanwhile.
   */
  learn(user: Me): boolean {
    if (this.#current?.user.username !== user.username) return false;
    this.#current.user = user;
    return true;
  }

  register(body: RegisterBody): Promise<void> {
    return this.#signIn('/auth/register', body);
  }

  login(body: LoginBody): Promise<void> {
    return this.#signIn('/auth/login', body);
  }

  async forget(): Promise<void> {
    await this.#signIns.keep(undefined);
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

  async #load(): Promise<void> {
    const kept = await this.#signIns.find();
    this.#current ??= kept;
  }

  async #signIn(path: string, body: object): Promise<void> {
    const tokens = await this.#signIns.begin(path, body);
    this.#loading ??= Promise.resolve();
    if (this.#current) this.#end();
    await this.#adopt(tokens);
  }

  #renew(spent: StoredTokens): Promise<StoredTokens> {
    this.#renewing ??= this.#refresh(spent).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #refresh(spent: StoredTokens): Promise<StoredTokens> {
    const tokens = await this.#signIns.renew(spent);
    if (this.#current !== spent) throw signedOut();
    if (!tokens) {
      this.#end();
      throw signedOut();
    }
    await this.#adopt(tokens);
    this.events.emit('renewed', tokens);
    return tokens;
  }

  #end(): void {
    if (!this.#current) return;
    this.#current = undefined;
    this.events.emit('ended', undefined);
  }

  /** Stores before anything uses them: a process that dies in between would have lost its sign-in. */
  async #adopt(tokens: StoredTokens): Promise<StoredTokens> {
    await this.#signIns.keep(tokens);
    this.#current = tokens;
    return tokens;
  }
}
