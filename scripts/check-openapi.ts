// Fails when the OpenAPI document that the server generates is not valid OpenAPI 3.1, or leaves a
// route of /api/v1 out, or describes one without a summary.
import { Validator } from '@seriousme/openapi-schema-validator';
import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { inProcessBus } from '../src/core/bus.ts';
import { readConfig } from '../src/core/config.ts';
import { openDatabase } from '../src/core/database.ts';

interface Operation {
  summary?: string;
  tags?: string[];
}

const config = readConfig({
  DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none',
  JWT_SECRET: 'x'.repeat(32),
});
const db = await openDatabase(config);
const app = await buildApp({
  config,
  jwtSecrets: ['x'.repeat(32)],
  db,
  bus: inProcessBus(),
  log: pino({ level: 'silent' }),
  isMigrated: () => false,
});
await app.ready();
const document = (await app.inject('/api/v1/openapi.json')).json();
await app.close();
await db.destroy();

const { valid, errors } = await new Validator().validate(document);
const operations = Object.entries(
  document.paths as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const undescribed = operations.filter(
  ({ operation }) => !operation.summary || !operation.tags?.length,
);

if (!valid) console.error('OpenAPI: not valid:', JSON.stringify(errors, undefined, 2));
for (const { method, path } of undescribed) {
  console.error(`OpenAPI: ${method.toUpperCase()} ${path} has no summary or no tag`);
}
if (!valid || undescribed.length > 0) process.exit(1);
console.log(`OpenAPI: ${operations.length} operations, valid ${document.openapi}`);
