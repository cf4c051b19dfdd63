import { parseArgs } from 'node:util';
import { maxConversations } from './pairs.ts';

export interface Options {
  /** By its name. */
  scenario: string;
  /** Of each window that is measured. */
  seconds: number;
  repetitions: number;
  /** Of Doorbell over MariaDB and Redis, besides one; 1 for no more than that. */
  processes: number;
  json: boolean;
  /** The name of the one column that is to be measured. */
  only: string | undefined;
  /** Of those who talk. */
  users: number;
  conversations: number;
  /** Of stores to read from: messages, ascending. */
  sizes: readonly number[];
  /** Of one process, each with a socket; several have five times as many idle ones. */
  clients: number;
}

/** More would share so few cores for no purpose. */
export const MOST_PROCESSES = 8;

const DEFAULTS = {
  seconds: '5',
  repetitions: '5',
  processes: '1',
  users: '200',
  conversations: '100',
  sizes: '10000,1000000',
  clients: '10000',
};

type Name = keyof typeof DEFAULTS;
const NAMES = Object.keys(DEFAULTS) as Name[];

/** The first of the scenarios is what is measured without the name of any. */
export function usageOf(scenarios: Readonly<Record<string, { about: string }>>): string {
  return [
    `npm run bench -- [--json] [--only COLUMN]${NAMES.map((name) => ` [--${name} ${DEFAULTS[name]}]`).join('')}`,
    ...Object.entries(scenarios).map(([name, { about }]) => `  --${name.padEnd(12)}${about}`),
  ].join('\n');
}

/** Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[], scenarios: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
      only: { type: 'string' },
      ...Object.fromEntries(
        [...scenarios, 'json'].map((name) => [name, { type: 'boolean' as const }]),
      ),
    },
  });
  const given = values as Record<string, string | boolean | undefined>;
  const number = (name: Name, text = textOf(name)) => wholeNumber(name, text);
  const textOf = (name: Name) => String(given[name] ?? DEFAULTS[name]);
  const chosen = scenarios.filter((name) => given[name]);
  if (chosen.length > 1) throw new Error(`--${chosen.join(' and --')}: one at a time`);
  return checked({
    scenario: chosen[0] ?? scenarios[0] ?? '',
    seconds: number('seconds'),
    repetitions: number('repetitions'),
    processes: number('processes'),
    json: given['json'] === true,
    only: typeof given['only'] === 'string' ? given['only'] : undefined,
    users: number('users'),
    conversations: number('conversations'),
    sizes: textOf('sizes')
      .split(',')
      .map((text) => number('sizes', text)),
    clients: number('clients'),
  });
}

function checked(options: Options): Options {
  const { users, conversations, processes, sizes } = options;
  if (users % 2 === 1) throw new Error('--users: an even number, because they talk in pairs');
  if (conversations > maxConversations(users))
    throw new Error(`--conversations: at most ${maxConversations(users)} with so many users`);
  if (processes > MOST_PROCESSES) throw new Error(`--processes: at most ${MOST_PROCESSES}`);
  if (new Set(sizes).size < sizes.length) throw new Error('--sizes: each of them once');
  return options;
}

function wholeNumber(name: Name, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name}: a whole number from 1`);
}
