import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { registerApiViewer } from './api-viewer.ts';
import { isHeld, tagOf } from './caching.ts';
import { describeProblems, Problem } from './problems.ts';

export const API_VERSION = '1.0.0';

/** In the order of the page. */
const TAGS = [
  'Accounts',
  'Users',
  'Conversations',
  'Messages',
  'Notifications',
  'Catching up',
  'Administration',
  'Operations',
];

interface ApiPages {
  /** The document of the notification socket. */
  asyncApi: object;
}

/**
 * OpenAPI 3.1 of all routes registered after this, AsyncAPI beside it, and one page to browse
 * both. Nothing on the page comes from another origin, and its policy makes sure.
 */
export async function registerApiPages(
  app: FastifyInstance,
  { asyncApi }: ApiPages,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Doorbell', version: API_VERSION, description: description() },
      servers: [{ url: '/' }],
      tags: TAGS.map((name) => ({ name })),
      components: {
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
      security: [{ accessToken: [] }],
    },
    transform: ({ schema, url, route: { config } }) => ({
      schema: {
        ...schema,
        ...(config?.access === 'anyone' ? { security: [] } : {}),
        'x-access': config?.access,
      } as FastifySchema,
      url,
    }),
    transformObject: (document) =>
      'openapiObject' in document ? nameSchemas(document.openapiObject) : document.swaggerObject,
  });
  app.addHook('onRoute', (route) => {
    route.schema = withProblem(route.schema);
  });

  const hidden = { schema: { hide: true }, config: { access: 'anyone' } } as const;
  const documents = { openapi: () => app.swagger(), asyncapi: () => asyncApi };
  for (const [name, documentOf] of Object.entries(documents)) {
    let text: string | undefined;
    app.get(`/api/v1/${name}.json`, {
      ...hidden,
      handler: (request, reply) => {
        text ??= JSON.stringify(documentOf());
        if (isHeld(request, reply, { tag: tagOf(text) })) return reply.code(304).send();
        return reply.type('application/json; charset=utf-8').send(text);
      },
    });
  }

  registerApiViewer(app);
}

const withProblem = (schema: FastifySchema | undefined): FastifySchema => ({
  ...schema,
  response: {
    ...(schema?.response as object | undefined),
    '4xx': { description: 'Problem', content: { 'application/problem+json': { schema: Problem } } },
    '5xx': { description: 'Problem', content: { 'application/problem+json': { schema: Problem } } },
  },
});

/** Schemas with a title stand once under components, so that generated clients get types by name. */
function nameSchemas<T extends object>(document: T): T {
  const schemas: Record<string, unknown> = {};
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
    const { title, type } = copy as { title?: unknown; type?: unknown };
    if (typeof title !== 'string' || type !== 'object') return copy;
    schemas[title] = copy;
    return { $ref: `#/components/schemas/${title}` };
  };
  const named = walk(document) as T & { components?: object };
  return { ...named, components: { ...named.components, schemas } };
}

const description = (): string => `
The server rings, the client fetches: over the notification socket travels *which* thing is new,
never the thing itself.

\`x-access\` of a call says who may make it; whoever may not see a thing is told that it is not there.

Errors are RFC 9457 problem details. \`code\` is stable:

${describeProblems()}
`;
