import type { Me, ProfileChanges, SessionList } from '../users/schemas.ts';
import { at, type Caller, del, get, patch, post, put } from './caller.ts';

/** The calls about one's own account, one attempt each. The first three need no sign-in. */
export class AccountApi {
  readonly #caller: Caller;
  readonly #onMe: (me: Me) => void;

  constructor(caller: Caller, onMe: (me: Me) => void) {
    this.#caller = caller;
    this.#onMe = onMe;
  }

  /** Resolves whether or not somebody has this address. */
  forgotPassword(email: string): Promise<void> {
    return this.#caller.sendAsAnybody(post('/auth/forgot-password', { email }));
  }

  /** With the token out of the mailed link. Every session ends. */
  resetPassword(token: string, password: string): Promise<void> {
    return this.#caller.sendAsAnybody(post('/auth/reset-password', { token, password }));
  }

  confirmEmail(token: string): Promise<void> {
    return this.#caller.sendAsAnybody(post('/auth/confirm-email', { token }));
  }

  async changeProfile(changes: ProfileChanges): Promise<Me> {
    const me = await this.#caller.send<Me>(patch('/users/me', changes));
    this.#onMe(me);
    return me;
  }

  /** Other sessions end. */
  changePassword(currentPassword: string, password: string): Promise<void> {
    return this.#caller.send(put('/users/me/password', { currentPassword, password }));
  }

  /** It counts once the link is opened that is mailed there. */
  changeEmail(email: string, password: string): Promise<void> {
    return this.#caller.send(put('/users/me/email', { email, password }));
  }

  /** The signed-in devices, the latest sign-in first. */
  async listSessions(): Promise<SessionList['sessions']> {
    return (await this.#caller.send<SessionList>(get('/auth/sessions'))).sessions;
  }

  endSession(id: string): Promise<void> {
    return this.#caller.send(del(at`/auth/sessions/${id}`));
  }
}
