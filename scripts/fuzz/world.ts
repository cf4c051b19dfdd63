import { pick, type Random } from '../seed/random.ts';

/** Of each kind the newest; older ones may be gone. */
const KEPT = 60;

/** Ids by the collection that they are of: `conversations`, `messages`, `sessions` … */
export class Ids {
  readonly #byKind = new Map<string, string[]>();

  add(kind: string, id: string): void {
    const ids = this.#byKind.get(kind) ?? [];
    if (ids.includes(id)) return;
    this.#byKind.set(kind, [...ids, id].slice(-KEPT));
  }

  pick(kind: string, random: Random): string | undefined {
    const ids = this.#byKind.get(kind) ?? [];
    return ids.length === 0 ? undefined : pick(random, ids);
  }
}

export interface Account {
  username: string;
  password: string;
  accessToken: string;
  refreshToken: string;
}

/** Who sends the requests of one lane. */
export interface Actor extends Account {
  isAdmin: boolean;
  /** What it has been answered itself, so that much of what it asks for is its own. */
  ids: Ids;
}

/** Something came for an actor, perhaps from a route that only admins get anything from. */
export interface Reading {
  actor: Actor;
  fromAdminRoute: boolean;
}

/** What all actors share: ids, so that they ask for each other's, and who may read what. */
export class World {
  readonly ids = new Ids();
  readonly #readers = new Map<string, (reading: Reading) => boolean>();

  /** A word that only those may ever receive for whom `mayRead` is true. */
  newSecret(mayRead: (reading: Reading) => boolean): string {
    const secret = `zq${crypto.randomUUID().replaceAll('-', '')}qz`;
    this.#readers.set(secret, mayRead);
    return secret;
  }

  /** The first word in `text` that is not for this reader. */
  foreignSecret(text: string, reading: Reading): string | undefined {
    if (!text.includes('zq')) return undefined;
    for (const [secret] of text.matchAll(/zq[0-9a-f]{32}qz/g)) {
      if (this.#readers.get(secret)?.(reading) === false) return secret;
    }
    return undefined;
  }

  /** Keeps the ids, names and cursors of an answer, for later requests. */
  harvest(actor: Actor, path: string, answer: unknown): void {
    const keep = (kind: string, id: string) => {
      actor.ids.add(kind, id);
      this.ids.add(kind, id);
    };
    const collection = collectionOf(path);
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === 'string') {
          if (key === 'id') keep(/^\d+-\d+$/.test(value) ? 'messages' : collection, value);
          else if (key === 'conversationId') keep('conversations', value);
          else if (key === 'username' || key === 'sender') this.ids.add('users', value);
          else if (key === 'next') keep('cursors', value);
        } else walk(value);
      }
    };
    walk(answer);
  }
}

/** `/api/v1/auth/sessions/{id}`: sessions; of what has no parameter the last segment. */
export const collectionOf = (path: string): string =>
  /([^/{}]+)(?:\/\{[^}]*\})?$/.exec(path)?.[1] ?? '';
