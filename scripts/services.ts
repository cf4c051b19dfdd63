// node scripts/services.ts -- <command…>
// Runs the command with TEST_MYSQL_URL and TEST_REDIS_URL: those of the environment, else of throw-away servers.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, startMariadb, startRedis } from './support/servers.ts';

const [program, ...args] = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
if (program === undefined) fail(2, 'Usage: node scripts/services.ts -- <command…>');

const dir = mkdtempSync(join(tmpdir(), 'doorbell-servers-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

let command: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (command) command.kill(signal);
    else process.exit(128 + constants.signals[signal]);
  });

const servers: Server[] = [];
const urlOf = async (starting: Promise<Server>): Promise<string> => {
  const server = await starting;
  servers.push(server);
  return server.url;
};
const [mysqlUrl, redisUrl] = await Promise.all([
  process.env['TEST_MYSQL_URL'] || urlOf(startMariadb({ dir })),
  process.env['TEST_REDIS_URL'] || urlOf(startRedis({ dir })),
]).catch((error) => fail(1, error.message));

command = spawn(program, args, {
  env: { ...process.env, TEST_MYSQL_URL: mysqlUrl, TEST_REDIS_URL: redisUrl },
  stdio: 'inherit',
});
const [code, signal] = await once(command, 'exit').catch((error) => fail(127, error.message));
await Promise.all(servers.map((server) => server.stop()));
process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];

function fail(exitCode: number, message: string): never {
  console.error(message);
  process.exit(exitCode);
}
