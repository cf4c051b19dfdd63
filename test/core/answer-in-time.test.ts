import Fastify from 'fastify';
import { test } from 'tap';
import { answerInTime } from '../../src/core/answer-in-time.ts';
import { registerErrorHandler } from '../../src/core/error-handler.ts';

test('who is not answered in time is told so, once, and nobody else', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  answerInTime(app, 300);
  registerErrorHandler(app);
  app.get('/never', () => new Promise(() => {}));
  app.get('/late', () => new Promise((resolve) => setTimeout(resolve, 2_500, { ok: true })));
  app.get('/at-once', async () => ({ ok: true }));
  app.get('/endless', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).write('the beginning');
  });
  const address = await app.listen({ port: 0 });

  const start = performance.now();
  const [never, late] = await Promise.all([fetch(`${address}/never`), fetch(`${address}/late`)]);
  t.ok(performance.now() - start < 2_000);
  for (const answer of [never, late]) {
    t.equal(answer.status, 503);
    t.equal(((await answer.json()) as { code: string }).code, 'unavailable');
    t.ok(Number(answer.headers.get('retry-after')) > 0);
  }
  t.equal((await fetch(`${address}/at-once`)).status, 200);
  const endless = await fetch(`${address}/endless`);
  await t.rejects(endless.text(), 'what has begun is cut off');
  // The late handler ends into an answer that was given.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  t.equal((await fetch(`${address}/at-once`)).status, 200);
});
