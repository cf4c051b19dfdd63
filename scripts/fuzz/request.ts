import type { Random } from '../seed/random.ts';
import type { Parameter, Route, Schema } from './api-document.ts';
import { nastyText, spoil, toJson } from './nasty.ts';
import { twist } from './twist.ts';
import { type Source, validValue } from './valid.ts';
import { collectionOf } from './world.ts';

/** One request as it goes over the wire; texts are bytes, so Latin-1. */
export interface FuzzRequest {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: Buffer | undefined;
  /** Whether it shows the actor's own access token. */
  isSignedIn: boolean;
  /** On a connection of its own, which ends with it: what comes back may be more than one answer, or none. */
  isAlone: boolean;
  delivery: 'whole' | 'trickled' | 'truncated' | 'stalled';
}

/** A request to the route, valid or not quite. */
export function makeRequest(route: Route, source: Source): FuzzRequest {
  const { random, actor } = source;
  const values = (place: Parameter['in']) =>
    route.parameters
      .filter((parameter) => parameter.in === place)
      .filter(({ required }) => required || random() < 0.4);
  const query = values('query').flatMap((parameter) => queryPart(parameter, route, source));
  const headers: FuzzRequest['headers'] = [];
  if (!route.isPublic || random() < 0.3)
    headers.push(['authorization', `Bearer ${actor.accessToken}`]);
  for (const parameter of values('header'))
    headers.push([parameter.name, headerValue(parameter, route, source)]);
  const body = route.body && bodyOf(route.body.schema, route, source);
  if (body) headers.push(['content-type', 'application/json']);
  return {
    method: route.method,
    target: pathOf(route, source) + (query.length > 0 ? `?${query.join('&')}` : ''),
    headers,
    body,
    isSignedIn: headers.some(([name]) => name === 'authorization'),
    isAlone: false,
    delivery: 'whole',
  };
}

const TWISTED = 0.12;

function pathOf(route: Route, source: Source): string {
  return route.path.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const parameter = route.parameters.find((one) => one.in === 'path' && one.name === name);
    const text = textOf(parameter?.schema ?? {}, parameterName(route, name), source);
    // A value may also stand in the address as it is.
    return source.random() < 0.02 ? rawSegment(text) : percentEncoded(text, source.random);
  });
}

/** What `{id}` is the id of. */
function parameterName(route: Route, name: string): string {
  if (name !== 'id') return name;
  return collectionOf(route.path.slice(0, route.path.indexOf('{id}') + 4));
}

const rawSegment = (text: string): string => text.replaceAll(/[^!-~]/g, '').slice(0, 500);

function queryPart({ name, schema }: Parameter, route: Route, source: Source): string[] {
  const { random } = source;
  const hint = name === 'conversation' || name === 'ids' ? name : collectionName(name, route);
  const part = () =>
    `${encodeURIComponent(name)}=${percentEncoded(textOf(schema, hint, source), random)}`;
  const luck = random();
  if (luck < 0.02) return [part(), part()];
  if (luck < 0.03) return [encodeURIComponent(name)];
  if (luck < 0.04) return [`${encodeURIComponent(name)}[]=1`, `${encodeURIComponent(name)}[a]=1`];
  return [part()];
}

const collectionName = (name: string, route: Route): string =>
  name === 'after' && /users|members|blocks/.test(route.path) ? 'username' : name;

function headerValue({ name, schema }: Parameter, _route: Route, source: Source): string {
  const text = textOf(schema, name, source);
  return Buffer.from(text.replaceAll(/[\r\n\0]/g, ''))
    .toString('latin1')
    .slice(0, 2_000);
}

/** Addresses and headers are texts, whatever the schema says. */
function textOf(schema: Schema, name: string, source: Source): string {
  const value = validValue(schema, name, source);
  if (source.random() >= TWISTED) return String(value);
  const twisted = twist(value, schema, source.random);
  return typeof twisted === 'string' || typeof twisted === 'number'
    ? String(twisted)
    : nastyText(source.random);
}

/** UTF-8, lone surrogates included: what a careless client sends. Now and then twice. */
function percentEncoded(text: string, random: Random): string {
  const once = [...text.slice(0, 6_000)].map(encoded).join('');
  return random() < 0.01 ? once.replaceAll('%', '%25') : once;
}

function encoded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    .map((byte) => `%${byte.toString(16)}`)
    .join('');
}

function bodyOf(schema: Schema, route: Route, source: Source): Buffer {
  const { random } = source;
  const valid = validValue(schema, collectionOf(route.path), source);
  const kind = random();
  if (kind < 0.5) return Buffer.from(toJson(valid));
  const twisted = twist(valid, schema, random);
  if (kind < 0.9)
    return Buffer.from(toJson(random() < 0.8 ? twisted : twist(twisted, schema, random)));
  return spoil(toJson(random() < 0.5 ? valid : twisted), random);
}
