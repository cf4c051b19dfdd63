import { indexOf, pick, type Random } from '../seed/random.ts';
import type { Schema } from './api-document.ts';
import { nastyValue } from './nasty.ts';

/** Somewhere in a value: what stands there, what the schema says of it, and how to put something else there. */
interface Place {
  schema: Schema;
  value: unknown;
  /** undefined leaves it out, or for the whole, makes nothing of it. */
  put(value: unknown): void;
}

/** The value with one place of it beyond what its schema takes, or at the edge of it. */
export function twist(given: unknown, schema: Schema, random: Random): unknown {
  let whole = structuredClone(given);
  const replaceWhole = (value: unknown) => {
    whole = value;
  };
  const places = placesIn(whole, schema, replaceWhole);
  const place = random() < 0.95 ? pick(random, places.slice(places.length > 1 ? 1 : 0)) : places[0];
  if (place) place.put(random() < 0.45 ? atTheEdge(place, random) : beyond(place, random));
  return whole;
}

function placesIn(value: unknown, schema: Schema, put: Place['put']): Place[] {
  const places: Place[] = [{ schema, value, put }];
  if (typeof value !== 'object' || value === null) return places;
  const parts = value as Record<string, unknown>;
  for (const [key, part] of Object.entries(parts)) {
    const own = schema.properties?.[key] ?? schema.items ?? rest(schema);
    const put = (value: unknown) => {
      if (value === undefined) Reflect.deleteProperty(parts, key);
      else Object.defineProperty(parts, key, { value, enumerable: true, configurable: true });
    };
    places.push(...placesIn(part, own, put));
  }
  return places;
}

const rest = ({ additionalProperties: rest }: Schema): Schema =>
  typeof rest === 'object' ? rest : {};

function beyond({ value }: Place, random: Random): unknown {
  const kind = random();
  if (kind < 0.1) return undefined;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (kind < 0.4 && isObject) {
    const key = pick(random, [
      'extra',
      '__proto__',
      'constructor',
      'prototype',
      'id',
      'role',
      'isAdmin',
      'conversationId',
      'username',
      '',
      '\0',
      '1',
    ]);
    // Computed, so that it is a property of its own whatever its name.
    return { ...value, [key]: nastyValue(random) };
  }
  if (kind < 0.45 && typeof value === 'number') return String(value);
  if (kind < 0.45 && typeof value === 'string') return Number(value) || [value];
  return nastyValue(random);
}

function atTheEdge({ schema, value }: Place, random: Random): unknown {
  if (schema.enum) return neighbour(String(pick(random, schema.enum)), random);
  if (typeof value === 'string') return textAtTheEdge(value, schema, random);
  if (typeof value === 'number') {
    const { minimum = 0, maximum = 2 ** 53 - 1 } = schema;
    return pick(random, [minimum, minimum - 1, maximum, maximum + 1, value + 0.5, -value, value]);
  }
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = 100 } = schema;
    const length = pick(random, [minItems, Math.max(0, minItems - 1), maxItems, maxItems + 1]);
    return Array.from({ length }, () => value[indexOf(random, value.length)] ?? 'a');
  }
  return random() < 0.25 ? undefined : pick(random, [null, {}, []]);
}

function textAtTheEdge(value: string, schema: Schema, random: Random): string {
  if (schema.pattern !== undefined && random() < 0.5) return neighbour(value, random);
  const { minLength = 0, maxLength = 0, description = '' } = schema;
  // A length that only the description tells, such as that in code points.
  const told = [...description.matchAll(/\b\d{1,5}\b/g)].map(([digits]) => Number(digits));
  const edges = [minLength, maxLength, ...told];
  const length = pick(random, edges) + pick(random, [-1, 0, 1]);
  return pick(random, ['a', '😀', 'ß', ' ', 'e\u0301']).repeat(
    Math.max(0, Math.min(length, 20_000)),
  );
}

/** Almost the same. */
const neighbour = (text: string, random: Random): string =>
  pick(random, [
    text.toUpperCase(),
    ` ${text}`,
    `${text}\n`,
    `${text}\0`,
    `${text}${text}`,
    text.slice(1),
    text.slice(0, -1),
    `${text}\u0301`,
    `${text},`,
    text.replace(/[ae]/, 'а'),
  ]);
