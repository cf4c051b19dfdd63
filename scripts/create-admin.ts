import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Compile } from 'typebox/compile';
import { recordAct } from '../src/admin/audit.ts';
import { type Database, type Trx, transact } from '../src/core/database.ts';
import { migrate } from '../src/core/migrate.ts';
import { findInvalid } from '../src/core/validation.ts';
import { register } from '../src/users/accounts.ts';
import { RegisterBody } from '../src/users/schemas.ts';
import { findUserId } from '../src/users/users.ts';
import { CommandError, parseOptions, runCommand } from './support/command.ts';

const HELP = `Creates an account that administers.

  npm run create-admin -- --username ana --email ana@example.org

  --username   2 to 32 of a-z, 0-9, dot, dash and underscore
  --email      where to reach that person
  --password   12 to 128 characters; better piped in, because other users of this machine can
               see arguments. Without either one is made up, and shown once.
  --promote    when there is such a user already, make that one an admin
  --help       this text
`;

const OPTIONS = {
  username: { type: 'string' },
  email: { type: 'string' },
  password: { type: 'string' },
  promote: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

interface Options {
  username: string;
  email?: string | undefined;
  password?: string | undefined;
  promote: boolean;
}

const registerBody = Compile(RegisterBody);

await runCommand(() => readOptions(process.argv.slice(2)), createAdmin);

async function createAdmin(db: Database, options: Options): Promise<void> {
  await migrate(db);
  const userId = await findUserId(db, options.username);
  if (userId === undefined) return registerAdmin(db, options);
  if (!options.promote) {
    throw new CommandError(
      `${options.username} has an account already; --promote makes it an admin's`,
    );
  }
  await transact(db, async (trx) => {
    await trx.updateTable('users').set({ role: 'admin' }).where('id', '=', userId).execute();
    await recordAct(trx, null, { act: 'user.promote', target: options.username });
  });
  process.stdout.write(`${options.username} is an admin now; the password is what it was.\n`);
}

async function registerAdmin(db: Database, { username, email, password }: Options): Promise<void> {
  if (email === undefined) throw new CommandError('--email is missing; see --help');
  const given = password ?? (await readPiped());
  const body = { username, email, password: given ?? randomBytes(15).toString('base64url') };
  checkBody(body);
  const { user } = await register(db, body, recordAdmin(username), 'admin');
  process.stdout.write(`${user.username} is an admin now.\n`);
  if (given === undefined) {
    process.stdout.write(`The password, shown this once: ${body.password}\n`);
  }
}

function recordAdmin(target: string) {
  return (trx: Trx) => recordAct(trx, null, { act: 'user.promote', target });
}

function checkBody(body: object): asserts body is RegisterBody {
  const wrong = findInvalid(registerBody, body).map(({ path, message }) => `--${path} ${message}`);
  if (wrong.length > 0) throw new CommandError(wrong.join('; '));
}

/** The first line of what is piped or redirected in; undefined when nothing is. */
async function readPiped(): Promise<string | undefined> {
  const input = fstatSync(process.stdin.fd);
  if (!input.isFIFO() && !input.isFile() && !input.isSocket()) return undefined;
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  return line === '' ? undefined : line;
}

function readOptions(args: string[]): Options | undefined {
  const { username, help, promote = false, ...rest } = parseOptions(args, OPTIONS);
  if (help) {
    process.stdout.write(HELP);
    return undefined;
  }
  if (username === undefined) throw new CommandError('--username is missing; see --help');
  return { username: username.toLowerCase(), promote, ...rest };
}
