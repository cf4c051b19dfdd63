import type {
  AdminHealth,
  AdminRoomList,
  AdminRoomQuery,
  AdminUser,
  AdminUserList,
  AdminUserQuery,
  AuditPage,
  AuditQuery,
  Counts,
  UserChanges,
} from '../admin/schemas.ts';
import { at, type Caller, del, get, patch } from './caller.ts';

/** The calls of admins, one attempt each. For everybody else they reject with `not_found`. */
export class AdminApi {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Some seconds old at most. */
  getCounts(): Promise<Counts> {
    return this.#caller.send(get('/admin/counts'));
  }

  getHealth(): Promise<AdminHealth> {
    return this.#caller.send(get('/admin/health'));
  }

  listUsers(query: AdminUserQuery = {}): Promise<AdminUserList> {
    return this.#caller.send(get('/admin/users', { ...query }));
  }

  getUser(username: string): Promise<AdminUser> {
    return this.#caller.send(get(at`/admin/users/${username}`));
  }

  /** Rejects with `last_admin` when no admin would be left who can sign in. */
  changeUser(username: string, changes: UserChanges): Promise<AdminUser> {
    return this.#caller.send(patch(at`/admin/users/${username}`, changes));
  }

  /** For good. Rejects with `last_admin` for the last one. */
  deleteUser(username: string): Promise<void> {
    return this.#caller.send(del(at`/admin/users/${username}`));
  }

  /** Signs a user out on all devices. */
  endSessions(username: string): Promise<void> {
    return this.#caller.send(del(at`/admin/users/${username}/sessions`));
  }

  /** All of them, the private ones too. */
  listRooms(query: AdminRoomQuery = {}): Promise<AdminRoomList> {
    return this.#caller.send(get('/admin/rooms', { ...query }));
  }

  /** Ends a room for all its members. */
  deleteRoom(id: string): Promise<void> {
    return this.#caller.send(del(at`/admin/rooms/${id}`));
  }

  /** Of any conversation. A tombstone stays. */
  deleteMessage(id: string): Promise<void> {
    return this.#caller.send(del(at`/admin/messages/${id}`));
  }

  /** What admins did, the newest first. */
  listAudit(query: AuditQuery = {}): Promise<AuditPage> {
    return this.#caller.send(get('/admin/audit', { ...query }));
  }
}
