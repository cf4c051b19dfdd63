import { type Account, type Actor, Ids, type World } from './world.ts';

const PASSWORD = 'fuzzed horse battery';
/** To have a new actor, all lanes acting meanwhile. */
const ATTEMPTS = 5;
const KEEPER_PASSWORD = 'kept away from all actors';

interface Stage {
  url: string;
  world: World;
  /** Makes an admin of somebody; without it nobody is one. */
  promote?: ((username: string) => Promise<void>) | undefined;
}

/**
 * Who acts, and the keepers: users that no request is ever sent for, whose words show what comes to whom it should not.
 */
export class Cast {
  readonly #stage: Stage;
  #keeper: Account | undefined;
  #roomId = '';
  #count = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A new user, in a direct conversation with a keeper, and every other one in the keeper's private room. */
  async newActor(isAdmin: boolean): Promise<Actor> {
    for (let attempt = 1; ; attempt++) {
      try {
        const account = await this.#register(`actor${this.#count++}`, PASSWORD);
        const actor = { ...account, isAdmin, ids: new Ids() };
        if (isAdmin) await this.#stage.promote?.(actor.username);
        await this.#welcome(actor);
        return actor;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        // An admin may have ended the keeper, or the new user already.
        this.#keeper = undefined;
      }
    }
  }

  /** The actor as it can go on: itself, signed in again when it must be, or somebody new. */
  async revived(actor: Actor): Promise<Actor> {
    const me = await this.#call(actor, 'GET', '/users/me').catch(() => undefined);
    if (me) return actor;
    const { username, password } = actor;
    const signedIn = await this.#call(undefined, 'POST', '/auth/login', {
      username,
      password,
    }).catch(() => undefined);
    if (!signedIn) return this.newActor(actor.isAdmin);
    return {
      ...actor,
      accessToken: signedIn['accessToken'],
      refreshToken: signedIn['refreshToken'],
    };
  }

  async #welcome(actor: Actor): Promise<void> {
    const { world } = this.#stage;
    const keeper = await this.#anyKeeper();
    const direct = await this.#call(keeper, 'PUT', `/conversations/direct/${actor.username}`);
    const secret = world.newSecret((reading) => reading.actor.username === actor.username);
    const message = await this.#say(keeper, direct['id'], `for you alone: ${secret}`);
    const keep = (kind: string, id: string) => {
      actor.ids.add(kind, id);
      world.ids.add(kind, id);
    };
    keep('conversations', direct['id']);
    keep('messages', message['id']);
    world.ids.add('users', actor.username);
    if (this.#count % 2 === 0) {
      await this.#call(
        keeper,
        'PUT',
        `/conversations/${this.#roomId}/members/${actor.username}`,
        {},
      );
      keep('conversations', this.#roomId);
    }
  }

  /** With a room that nobody but keepers is ever in: its ids are asked for, and nothing of it may come but its title, by the admin API. */
  async #anyKeeper(): Promise<Account> {
    if (this.#keeper) return this.#keeper;
    const { world } = this.#stage;
    const keeper = await this.#register(`keeper${this.#count++}`, KEEPER_PASSWORD);
    const room = async (title: string) =>
      (await this.#call(keeper, 'POST', '/conversations', { title, visibility: 'private' }))['id'];
    const vault = await room(`vault ${world.newSecret(({ fromAdminRoute }) => fromAdminRoute)}`);
    const message = await this.#say(
      keeper,
      vault,
      `for nobody: hello bell ring ${world.newSecret(() => false)}`,
    );
    world.ids.add('conversations', vault);
    world.ids.add('messages', message['id']);
    this.#roomId = await room('Every other actor');
    this.#keeper = keeper;
    return keeper;
  }

  #say(keeper: Account, conversationId: string, body: string) {
    return this.#call(keeper, 'POST', `/conversations/${conversationId}/messages`, { body });
  }

  async #register(prefix: string, password: string): Promise<Account> {
    const username = `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
    const email = `${username}@example.org`;
    const tokens = await this.#call(undefined, 'POST', '/auth/register', {
      username,
      email,
      password,
    });
    return {
      username,
      password,
      accessToken: tokens['accessToken'],
      refreshToken: tokens['refreshToken'],
    };
  }

  /** The answer, with texts where they are asked for. Rejects when it is none of 2xx. */
  async #call(account: Account | undefined, method: string, path: string, body?: object) {
    const response = await fetch(`${this.#stage.url}/api/v1${path}`, {
      method,
      headers: {
        ...(account ? { authorization: `Bearer ${account.accessToken}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, string> & {
      id: string;
      accessToken: string;
      refreshToken: string;
    };
  }
}
