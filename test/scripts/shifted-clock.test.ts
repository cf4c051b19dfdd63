import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'tap';
import { emptyStore } from '../support/databases.ts';
import { startServer } from '../support/process.ts';

const HOUR = 3_600_000;
/** More than a start of Node on a busy machine takes, and far less than the shift. */
const SLACK = 60_000;
const shiftedClock = import.meta.resolve('../../scripts/support/shifted-clock.ts');
const run = promisify(execFile);

async function evaluate(expression: string, shift: string) {
  const program = `console.log(JSON.stringify(${expression}))`;
  const { stdout } = await run(process.execPath, ['--import', shiftedClock, '-e', program], {
    env: { SHIFT_CLOCK_MS: shift },
  });
  return JSON.parse(stdout);
}

const isNear = (time: number, expected: number): boolean => Math.abs(time - expected) < SLACK;

for (const [name, shift] of [
  ['ahead', HOUR],
  ['behind', -HOUR],
] as const) {
  test(`every form of Date is an hour ${name}`, async (t) => {
    const forms = '[Date.now(), +new Date(), Date.parse(Date()), +new (class extends Date {})()]';
    for (const time of await evaluate(forms, String(shift))) {
      t.ok(isNear(time, Date.now() + shift), new Date(time).toISOString());
    }
  });
}

test('a date that is named is the date that was named', async (t) => {
  const dates = '[new Date(5), new Date("2026-01-02T03:04:05Z"), new Date(Date.UTC(2026, 1))]';
  t.same(await evaluate(dates, String(HOUR)), [
    '1970-01-01T00:00:00.005Z',
    '2026-01-02T03:04:05.000Z',
    '2026-02-01T00:00:00.000Z',
  ]);
  const kinds = '[new Date() instanceof Date, new Date(5).constructor === Date, Date.length]';
  t.same(await evaluate(kinds, String(HOUR)), [true, true, 7]);
});

test('timers and performance.now() keep their time', async (t) => {
  const waited = `await new Promise((resolve) => {
    const start = performance.now();
    setTimeout(() => resolve(performance.now() - start), 20);
  })`;
  const milliseconds = await evaluate(waited, String(HOUR));
  t.ok(milliseconds >= 19 && milliseconds < SLACK, `${milliseconds} ms`);
});

test('a shift that is none is named', async (t) => {
  for (const shift of ['', 'an hour', '0.5'])
    await t.rejects(evaluate('1', shift), /SHIFT_CLOCK_MS/);
});

test('two servers over one database live an hour apart', async (t) => {
  const store = await emptyStore(t, 'mysql');
  const right = await startServer(t, store);
  const late = await startServer(t, {
    ...store,
    NODE_OPTIONS: `--import ${shiftedClock}`,
    SHIFT_CLOCK_MS: String(-HOUR),
  });
  const ana = await right.signUp('ana');
  const ben = await late.signUp('ben');
  const issuedAt = ({ accessToken }: { accessToken: string }): number =>
    1_000 * JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).iat;
  t.ok(isNear(issuedAt(ana), Date.now()));
  t.ok(isNear(issuedAt(ben), Date.now() - HOUR));
});
