import type { Answer } from './answer-reader.ts';
import type { ApiDocument, Body, Route } from './api-document.ts';
import { findRoute } from './find-route.ts';
import { findForbidden } from './forbidden.ts';
import type { Exchange } from './http-lane.ts';
import type { FuzzRequest } from './request.ts';
import type { Actor, World } from './world.ts';

/** Milliseconds in which everything must be answered. */
export const TIME_LIMIT = 2_000;
/** For a request that itself takes its time; the server's own limit is in `SETTINGS`. */
const STALLED_TIME_LIMIT = 6_000;

export interface Oracle {
  document: ApiDocument;
  world: World;
}

/** All that is wrong with what came back, each in a few words, with what it was seen in after a colon. */
export function checkExchange(
  request: FuzzRequest,
  { answers, took, error, staysOpen }: Exchange,
  actor: Actor,
  oracle: Oracle,
): string[] {
  const limit = request.delivery === 'stalled' ? STALLED_TIME_LIMIT : TIME_LIMIT;
  // Whoever hangs up first, or asks for a tunnel, may get none.
  const mayBeSilent = request.delivery === 'truncated';
  return [
    ...(error !== undefined && !mayBeSilent ? [`no answer: ${error}`] : []),
    ...(took > limit ? [`slow: ${Math.round(took)} ms`] : []),
    ...(staysOpen ? ['the connection stays open'] : []),
    ...(answers.length > 1 && !request.isAlone ? ['more than one answer'] : []),
    ...answers.flatMap((answer) => checkAnswer(request, answer, actor, oracle)),
  ];
}

function checkAnswer(
  request: FuzzRequest,
  answer: Answer,
  actor: Actor,
  { document, world }: Oracle,
): string[] {
  const route = findRoute(document.routes, request.method, request.target);
  const documented = route && documentedFor(route, answer.status);
  const fromAdminRoute = route?.path.startsWith('/api/v1/admin/') ?? false;
  const mayIssueTokens = documented ? hasTokens(documented) : false;
  return [
    ...checkStatus(request, route, answer),
    ...checkBody(request, documented, answer, document),
    ...(route && answer.status < 300 ? checkIdentity(request, route, answer) : []),
    ...findForbidden(answer.text, { actor, fromAdminRoute }, world, mayIssueTokens),
    ...(answer.headers.has('cache-control') ? [] : ['no Cache-Control']),
  ];
}

/** undefined: the status is not documented for the route. */
const documentedFor = ({ responses }: Route, status: number) =>
  responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`);

const hasTokens = (documented: ReadonlyMap<string, Body>): boolean =>
  [...documented.values()].some(({ schema }) => schema.properties?.['accessToken'] !== undefined);

function checkStatus(request: FuzzRequest, route: Route | undefined, answer: Answer): string[] {
  const { status, headers } = answer;
  if (status === 503) return headers.has('retry-after') ? [] : ['503 without Retry-After'];
  if (status >= 500 || status < 200) return [`status ${status}: ${answer.body.slice(0, 200)}`];
  if (status >= 400) return [];
  if (request.method === 'OPTIONS' && status === 204) return [];
  if (!route) return [`status ${status} for an address that is not documented`];
  if (!documentedFor(route, status)) return [`status ${status} is not documented`];
  return acceptedWrongly(request, route)
    ? [`status ${status} for a body that the schema refuses`]
    : [];
}

/** Of what is no JSON, or not what the schema says, nothing may come but a refusal. */
function acceptedWrongly({ body }: FuzzRequest, route: Route): boolean {
  if (!route.body || !body || body.length === 0) return false;
  try {
    // Without a byte order mark, which RFC 8259 lets a server ignore.
    const text = new TextDecoder().decode(body);
    return !route.body.validator.Check(JSON.parse(text));
  } catch {
    return true;
  }
}

function checkBody(
  { method }: FuzzRequest,
  documented: ReadonlyMap<string, Body> | undefined,
  { status, headers, body }: Answer,
  document: ApiDocument,
): string[] {
  if (method === 'HEAD') return [];
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  const own = documented?.get(type);
  if (status < 400 || (own && type !== PROBLEM)) {
    const content = documented ? [...documented] : [];
    if (!own && content.length > 0 && content.every(([, { schema }]) => schema.type !== 'null')) {
      return [
        `answers ${type || 'nothing'} where ${content.map(([type]) => type).join()} is documented`,
      ];
    }
    return own && !isValid(own, type, body) ? ['the body is not what is documented'] : [];
  }
  if (type !== PROBLEM) return [`status ${status} is not ${PROBLEM}`];
  return checkProblem(status, body, document);
}

/** `…/{id}` is answered with that id. */
function checkIdentity({ target }: FuzzRequest, { path }: Route, { body }: Answer): string[] {
  const { id } = Object(parsed(body)) as { id?: unknown };
  if (!path.endsWith('/{id}') || typeof id !== 'string') return [];
  const asked = target.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return decodeURIComponent(asked) === id
    ? []
    : [`answers about another than was asked for: ${id}`];
}

const PROBLEM = 'application/problem+json';

function checkProblem(
  status: number,
  body: string,
  { problem, problemCodes }: ApiDocument,
): string[] {
  const details = parsed(body) as Record<string, unknown> | undefined;
  if (!details) return ['the problem is no JSON'];
  if (!problemCodes.has(details['code']))
    return [`the code of the problem is not documented: ${details['code']}`];
  if (!problem.Check(details)) return ['the problem is not what is documented'];
  return details['status'] === status ? [] : ['the status of the problem is another'];
}

function isValid({ validator }: Body, type: string, body: string): boolean {
  const value = type.endsWith('json') ? parsed(body) : body;
  return value !== undefined && validator.Check(value);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
