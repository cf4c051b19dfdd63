import { CommandError, parseOptions } from '../support/command.ts';
import { pairsOf, type Size } from './plan.ts';

const NUMBERS = {
  users: { least: 2, most: 100_000, about: 'people (50)' },
  conversations: {
    least: 1,
    most: 1_000_000,
    about: 'direct conversations, each of two people (four a person)',
  },
  messages: { least: 0, most: 100_000_000, about: 'messages in all of them together (10000)' },
  seed: { least: 0, most: 4_294_967_295, about: 'which of the possible worlds (1)' },
} as const;

type Name = keyof typeof NUMBERS;

const OPTIONS = {
  users: { type: 'string' },
  conversations: { type: 'string' },
  messages: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const HELP = `Fills the store with people who talk.

  npm run seed -- --users 50 --conversations 200 --messages 100000

${Object.entries(NUMBERS)
  .map(([name, { about }]) => `  --${name.padEnd(14)} ${about}`)
  .join('\n')}
  --help           this text

The same numbers give the same people and the same talk. What is there already is left as it is:
a run that was cut off is completed by the next, and with more messages only the difference is
added. Other numbers of users or conversations, or another seed, add other talk. All accounts share
one password that anybody can read in the source: not for a server that strangers can reach.
`;

/** Undefined after --help. Throws a CommandError that says what is allowed. */
export function readOptions(args: string[]): Size | undefined {
  const { help, ...values } = parseOptions(args, OPTIONS);
  if (help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const users = numberOf('users', values) ?? 50;
  const size: Size = {
    users,
    conversations: numberOf('conversations', values) ?? Math.min(4 * users, pairsOf(users)),
    messages: numberOf('messages', values) ?? 10_000,
    seed: numberOf('seed', values) ?? 1,
  };
  if (size.conversations > pairsOf(users)) {
    throw new CommandError(
      `--conversations ${size.conversations} is not allowed: ${users} people make ${pairsOf(users)} pairs, and a pair has one conversation`,
    );
  }
  return size;
}

function numberOf(name: Name, values: { [N in Name]?: string | undefined }): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const { least, most } = NUMBERS[name];
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new CommandError(
    `--${name} ${text} is not allowed; allowed: a whole number from ${least} to ${most}`,
  );
}
