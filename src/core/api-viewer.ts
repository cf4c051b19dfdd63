import Fastify, { type FastifyInstance } from 'fastify';
import { isHeld, KEPT, tagOf } from './caching.ts';
import { notFound } from './problems.ts';

const CONFIGURATION = {
  sources: [
    { title: 'REST', url: '/api/v1/openapi.json' },
    { title: 'Notification socket', url: '/api/v1/asyncapi.json' },
  ],
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
};

/** The page to browse the API documents: the viewer's script from this server, and nothing inline. */
export function registerApiViewer(app: FastifyInstance): void {
  const viewer = lazily(loadViewer);
  const shared = {
    schema: { hide: true },
    config: { access: 'anyone', shownAs: 'apiPage' },
  } as const;
  for (const url of ['/docs', '/docs/']) {
    app.get(url, {
      ...shared,
      handler: async (request, reply) => {
        const { page, pageTag } = await viewer();
        if (isHeld(request, reply, { tag: pageTag })) return reply.code(304).send();
        return reply.type('text/html; charset=utf-8').send(page);
      },
    });
  }
  app.get<{ Params: { file: string } }>('/docs/:file', {
    ...shared,
    handler: async ({ params }, reply) => {
      const { script, scriptName } = await viewer();
      if (params.file !== scriptName) throw notFound();
      return reply.headers(KEPT).type('text/javascript; charset=utf-8').send(script);
    },
  });
}

/** The viewer's code is some megabytes: it is loaded by the first who looks, and not at every start. */
async function loadViewer() {
  const script = await viewerScript();
  const scriptName = `viewer-${tagOf(script)}.js`;
  const page = pageWith(`/docs/${scriptName}`);
  return { script, scriptName, page, pageTag: tagOf(page) };
}

/** The package gives its script only by a route, beside a page whose own scripts are inline. */
async function viewerScript(): Promise<Buffer> {
  const { default: viewer } = await import('@scalar/fastify-api-reference');
  const app = Fastify();
  await app.register(viewer, {
    routePrefix: '/',
    configuration: { sources: CONFIGURATION.sources },
  });
  const { statusCode, rawPayload } = await app.inject('/js/scalar.js');
  if (statusCode !== 200) throw new Error(`the API viewer has no script: ${statusCode}`);
  return rawPayload;
}

/** The viewer looks for its settings in the attribute, as soon as it is loaded. */
const pageWith = (script: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Doorbell API</title>
  </head>
  <body>
    <div id="api-reference" data-configuration="${JSON.stringify(CONFIGURATION).replaceAll('"', '&quot;')}"></div>
    <script src="${script}"></script>
  </body>
</html>
`;

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
