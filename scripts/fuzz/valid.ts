import { indexOf, pick, type Random } from '../seed/random.ts';
import type { Schema } from './api-document.ts';
import type { Actor, World } from './world.ts';

export interface Source {
  random: Random;
  actor: Actor;
  world: World;
}

const EMOJI = ['👍', '❤️', '😂', '👋', '🎉', '🇩🇪', '👨‍👩‍👧‍👦', '❤'];
const WORDS = ['bell', 'ring', 'Tür', 'колокол', '鐘', 'hello again', '"to the door"', 'be*', 'ß'];

/** A value that the schema takes, with ids of things that are there, mostly. `name` says what it is of: `conversations`, `sequence`. */
export function validValue(schema: Schema, name: string, source: Source): unknown {
  const { random } = source;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(random, schema.enum);
  if (schema.anyOf) return validValue(pick(random, schema.anyOf), name, source);
  const types = [schema.type ?? 'object'].flat();
  switch (random() < 0.9 ? types[0] : pick(random, types)) {
    case 'object':
      return validObject(schema, name, source);
    case 'array':
      return Array.from({ length: validLength(schema, random) }, () =>
        validValue(schema.items ?? {}, name, source),
      );
    case 'string':
      return validText(schema, name, source);
    case 'integer':
    case 'number':
      return validNumber(schema, random);
    case 'boolean':
      return random() < 0.5;
    default:
      return null;
  }
}

function validObject(schema: Schema, name: string, source: Source): object {
  const { random } = source;
  const required = new Set(schema.required);
  const entries = Object.entries(schema.properties ?? {})
    .filter(([key]) => required.has(key) || random() < 0.5)
    .map(([key, property]): [string, unknown] => [key, validValue(property, key, source)]);
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') {
    for (let count = indexOf(random, 4); count > 0; count -= 1) {
      entries.push([validText({}, name, source), validValue(rest, name, source)]);
    }
  }
  return Object.fromEntries(entries);
}

function validLength({ minItems = 0, maxItems = minItems + 3 }: Schema, random: Random): number {
  return minItems + indexOf(random, Math.min(maxItems, minItems + 3) - minItems + 1);
}

function validNumber({ minimum = 0, maximum = 2 ** 53 - 1 }: Schema, random: Random): number {
  const width = random() < 0.8 ? Math.min(20, maximum - minimum) : maximum - minimum;
  return minimum + Math.floor(random() * (width + 1));
}

/** The names that values go by, and where they come from. */
const kinds: readonly [name: RegExp, text: (source: Source) => string | undefined][] = [
  [/e-?mail/i, (source) => `${freshName(source.random)}@example.org`],
  [/password/i, ({ random, actor }) => (random() < 0.7 ? actor.password : 'another horse battery')],
  [/refresh.?token/i, ({ actor }) => actor.refreshToken],
  [/^token$/i, ({ actor }) => actor.accessToken],
  [/emoji/i, ({ random }) => pick(random, EMOJI)],
  [/^(q|search)$/i, ({ random }) => pick(random, WORDS)],
  [/^(before|after|cursor)$/i, (source) => idOf('cursors', source)],
  [/conversation|^rooms?$/i, (source) => idOf('conversations', source)],
  [/message|^replyTo$|^ids$/i, (source) => idOf('messages', source)],
  [/session/i, (source) => idOf('sessions', source)],
  [/user|member|author|sender|^direct$/i, (source) => usernameOf(source)],
];

function validText(schema: Schema, name: string, source: Source): string {
  const { random } = source;
  const text = kinds.find(([kind]) => kind.test(name))?.[1](source) ?? idOf(name, source);
  const candidates = [text, plainText(schema, random), freshName(random), '', ' '];
  return candidates.find((one) => one !== undefined && fits(one, schema)) ?? freshName(random);
}

/** One's own, or another's, or one that is not there. */
function idOf(kind: string, { random, actor, world }: Source): string | undefined {
  const luck = random();
  const own = luck < 0.6 ? actor.ids.pick(kind, random) : undefined;
  const known = own ?? (luck < 0.9 ? world.ids.pick(kind, random) : undefined);
  if (known !== undefined || luck < 0.9) return known;
  return kind === 'messages'
    ? `${indexOf(random, 500)}-${indexOf(random, 50)}`
    : `${indexOf(random, 500)}`;
}

function usernameOf({ random, actor, world }: Source): string | undefined {
  const luck = random();
  if (luck < 0.3) return actor.username;
  return luck < 0.9 ? world.ids.pick('users', random) : freshName(random);
}

const freshName = (random: Random): string => `u${indexOf(random, 2 ** 31).toString(36)}`;

function plainText({ minLength = 1, maxLength = 40 }: Schema, random: Random): string {
  const text = `${pick(random, WORDS)} ${freshName(random)} 🔔`;
  return text.padEnd(minLength, '.').slice(0, Math.max(1, maxLength));
}

function fits(text: string, { minLength = 0, maxLength = Infinity, pattern }: Schema): boolean {
  const isLongEnough = text.length >= minLength && text.length <= maxLength;
  return isLongEnough && (pattern === undefined || new RegExp(pattern).test(text));
}
