import type { Route } from './api-document.ts';

/**
 * The route that a server finds for this request line, which may be another than the one it was made for. Literal
 * segments win over parameters.
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  target: string,
): Route | undefined {
  // An address may also name the server.
  const [path = ''] = target.replace(/^https?:\/\/[^/]*/, '').split(/[?#]/);
  const given = path.split('/').map(decoded);
  // A server that answers GET answers HEAD.
  const asked = method === 'HEAD' ? 'GET' : method;
  return routes
    .filter((route) => route.method === asked && matches(route.path.split('/'), given))
    .sort((a, b) => parametersIn(a) - parametersIn(b))[0];
}

const parametersIn = ({ path }: Route): number => path.split('{').length;

const matches = (segments: string[], given: (string | undefined)[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, n) => segment.startsWith('{') || segment === given[n]);

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
