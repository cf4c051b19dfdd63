import type {
  NewPushSubscription,
  PushKey,
  PushSubscription,
} from '../notifications/push/schemas.ts';
import { at, type Caller, del, get, put } from './caller.ts';
import { DoorbellError } from './errors.ts';

/** The calls about Web Push, one attempt each. */
export class PushApi {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** To subscribe with; undefined where the server sends no Web Push. */
  async findKey(): Promise<string | undefined> {
    try {
      return (await this.#caller.send<PushKey>(get('/push/key'))).publicKey;
    } catch (error) {
      if (error instanceof DoorbellError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** With what the browser gave. Resolves with the id, for the same device the same. */
  async subscribe(subscription: NewPushSubscription): Promise<string> {
    return (await this.#caller.send<PushSubscription>(put('/push/subscriptions', subscription))).id;
  }

  unsubscribe(id: string): Promise<void> {
    return this.#caller.send(del(at`/push/subscriptions/${id}`));
  }
}
