import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { collectMetrics, shareWithPrimary } from './worker-metrics.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** What one process counts, in a registry of its own, so that two apps in one process do not mix. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  shareWithPrimary(registry);
  return {
    registry,
    requests: new Histogram({
      name: 'doorbell_http_request_seconds',
      help: 'Requests by route pattern and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    refused: new Counter({
      name: 'doorbell_overload_refusals_total',
      help: 'Requests and commands that were refused because there was too much to do, by kind',
      labelNames: ['kind'],
      registers,
    }),
    sockets: new Gauge({ name: 'doorbell_sockets', help: 'Open notification sockets', registers }),
    framesSent: new Counter({
      name: 'doorbell_frames_sent_total',
      help: 'Frames for sockets, sent or waiting for their readers',
      registers,
    }),
    messagesRead: new Counter({
      name: 'doorbell_messages_read_total',
      help: 'Messages that the store was asked for by their id, because nothing was kept of them',
      registers,
    }),
    framesDropped: new Counter({
      name: 'doorbell_frames_dropped_total',
      help: 'Frames dropped for slow readers, who were owed a resync',
      registers,
    }),
  };
}

export function registerMetrics(app: FastifyInstance, { registry, requests }: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    // The pattern and not the address: an address would make a new series for every id.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    requests.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
    done();
  });
  app.get('/metrics', {
    schema: {
      tags: ['Operations'],
      summary: 'For Prometheus',
      response: {
        200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
    config: { access: 'anyone' },
    handler: async (_request, reply) =>
      reply.type(registry.contentType).send(await collectMetrics(registry)),
  });
}
