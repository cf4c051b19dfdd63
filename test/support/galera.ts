import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Test } from 'tap';
import { type Galera, startGalera } from '../../scripts/support/galera.ts';
import type { GaleraNode } from '../../scripts/support/galera-node.ts';
import { emptyStore, type Scope } from './databases.ts';
import type { TestUser } from './http.ts';
import { type ServerProcess, startServer } from './process.ts';
import { until } from './until.ts';

/** Durable, so that all nodes may be killed at once; it goes when the test file ends. */
export async function startCluster(t: Scope): Promise<Galera> {
  const dir = mkdtempSync(join(tmpdir(), 'doorbell-galera-'));
  const cluster = await startGalera({ dir, durable: true });
  t.teardown(async () => {
    await cluster.stop();
    rmSync(dir, { recursive: true });
  });
  return cluster;
}

export async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(url);
  try {
    return (await connection.query<RowDataPacket[]>(sql))[0];
  } finally {
    connection.destroy();
  }
}

/** Two processes that start at once on an empty database. Each uses the first of its nodes that works. */
export async function startPair(
  t: Scope,
  database: string,
  [here, there]: readonly [hosts: readonly GaleraNode[], hosts: readonly GaleraNode[]],
): Promise<[ServerProcess, ServerProcess]> {
  await query(String(here[0]?.url), `create database ${database}`);
  const env = { ...(await emptyStore(t, 'sqlite')), DATABASE_TIMEOUT_MS: '3000' };
  const start = (nodes: readonly GaleraNode[]) => {
    const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
    return startServer(t, { ...env, DATABASE_URL: `mysql://root@${hosts}/${database}` });
  };
  return Promise.all([start(here), start(there)]);
}

/** Posts one message after another until told to stop, each of them until it is acknowledged. */
export function keepPosting(user: TestUser, conversationId: string, name: string) {
  const acknowledged = new Map<string, string>();
  const wrong: unknown[] = [];
  let stopped = false;
  const post = async (key: string): Promise<void> => {
    for (;;) {
      const { status, headers, body } = await user.postMessage(conversationId, `body ${key}`, key);
      if (status === 200 || status === 201) return void acknowledged.set(body.id, body.body);
      if (status !== 503 || !headers.has('retry-after')) wrong.push({ status, body });
      await sleep(50);
    }
  };
  const work = (async () => {
    for (let n = 0; !stopped; n += 1) await post(`${name}-${n}`);
  })();
  const stop = (): Promise<void> => {
    stopped = true;
    return work;
  };
  return { acknowledged, wrong, stop };
}

/** Resolves when each of them has had some more acknowledged. */
export async function untilAllPost(
  writers: readonly ReturnType<typeof keepPosting>[],
): Promise<void> {
  const before = writers.map(({ acknowledged }) => acknowledged.size);
  const hasMore = (size: number, index: number) => size > (before[index] ?? 0) + 10;
  await until(() => writers.map(({ acknowledged }) => acknowledged.size).every(hasMore), 20_000);
}

/** The readers see exactly what the writers were told, in one gapless order. Resolves to how much that is. */
export async function requireExactly(
  t: Test,
  readers: readonly TestUser[],
  conversationId: string,
  writers: readonly ReturnType<typeof keepPosting>[],
): Promise<number> {
  t.same(
    writers.flatMap(({ wrong }) => wrong),
    [],
    'whatever was not acknowledged was a 503 with Retry-After',
  );
  const acknowledged = writers.flatMap((writer) => [...writer.acknowledged]).sort();
  for (const reader of readers) {
    const all = await reader.readAll(conversationId);
    t.same(
      all.map(({ sequence }) => sequence),
      all.map((_, index) => index + 1),
    );
    t.same(all.map(({ id, body }) => [id, body]).sort(), acknowledged, 'each of them once');
  }
  return acknowledged.length;
}

/** How many connections of processes a node has. */
export async function connectionsTo(node: { url: string }, database: string): Promise<number> {
  const rows = await query(
    node.url,
    `select id from information_schema.processlist where db = '${database}'`,
  );
  return rows.length;
}
