import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isHeld, tagOf } from './caching.ts';
import type { Config } from './config.ts';

const YEAR = 31_536_000;

/** The addresses that the web front end gives its views. Any other is a 404, as for every client. */
const PATHS = [
  '/',
  '/sign-in',
  '/register',
  '/forgot-password',
  '/reset-password',
  '/confirm-email',
  '/c/:id',
  '/c/:id/members',
  '/c/:id/add',
  '/c/:id/search',
  '/c/:id/settings',
  '/c/:id/:sequence(^\\d{1,16}$)',
  '/search',
  '/archived',
  '/people',
  '/people/:username',
  '/rooms',
  '/rooms/new',
  '/settings',
  '/settings/email',
  '/settings/password',
  '/settings/devices',
  '/settings/blocked',
  '/settings/delete-account',
  '/admin',
  '/admin/users',
  '/admin/users/:username',
  '/admin/rooms',
  '/admin/messages',
  '/admin/audit',
];

/** Files beside the page whose names stay, so that browsers ask about them each time. */
const FILES: Readonly<Record<string, string>> = {
  'service-worker.js': 'text/javascript; charset=utf-8',
  'manifest.webmanifest': 'application/manifest+json',
  'icon-192.png': 'image/png',
  'icon-512.png': 'image/png',
  'icon-maskable-512.png': 'image/png',
};

const NOT_BUILT = `The web front end is not built. To build it: npm run build
The API is there without it: see /docs.
`;

/** The web front end as it was built into `webDir`, whose files are named after their content. */
export async function registerWebPages(
  app: FastifyInstance,
  { webDir }: Pick<Config, 'webDir'>,
): Promise<void> {
  const dir = resolve(webDir);
  await app.register(fastifyStatic, {
    root: join(dir, 'assets'),
    serve: false,
    // It may be built later; until then the page says so.
    suppressWarning: true,
    preCompressed: true,
    immutable: true,
    maxAge: YEAR * 1_000,
  });
  const shared = {
    schema: { hide: true },
    config: { access: 'anyone', shownAs: 'page' },
  } as const;
  for (const path of PATHS)
    app.get(path, { ...shared, handler: (request, reply) => sendPage(dir, request, reply) });
  for (const [name, type] of Object.entries(FILES))
    app.get(`/${name}`, {
      ...shared,
      handler: (request, reply) => sendNamed(request, reply, { file: join(dir, name), type }),
    });
  app.get<{ Params: { file: string } }>('/assets/:file', {
    ...shared,
    handler: ({ params }, reply) => reply.sendFile(params.file),
  });
}

function sendPage(dir: string, request: FastifyRequest, reply: FastifyReply) {
  const page = { file: join(dir, 'index.html'), type: 'text/html; charset=utf-8' };
  return sendNamed(request, reply, page);
}

/** Read each time, so that one may build it anew beside a running server. */
async function sendNamed(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, type }: { file: string; type: string },
) {
  const content = await readFile(file).catch(() => undefined);
  if (!content) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
  if (isHeld(request, reply, { tag: tagOf(content) })) return reply.code(304).send();
  return reply.type(type).send(content);
}
