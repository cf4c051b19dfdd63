import { parseArgs } from 'node:util';
import { maxConversations } from './pairs.ts';

export interface Options {
  /** Of the window that is measured. */
  seconds: number;
  users: number;
  conversations: number;
  repetitions: number;
  json: boolean;
  /** Instead of all else: what is left at several times the capacity. */
  overload: boolean;
  /** Instead of all else: many who hear of the same message. */
  rooms: boolean;
  /** Instead of all else: a crowd that fetches as the SDK does, with and without word of how far to spread. */
  herd: boolean;
  /** Instead of all else: reading from stores of these sizes, in messages, ascending. */
  history: readonly number[] | undefined;
}

export const USAGE =
  'npm run bench -- [--seconds 5] [--users 200] [--conversations 100] [--repetitions 3] [--overload | --rooms | --herd | --history 10000,1000000] [--json]';

/** Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      users: { type: 'string', default: '200' },
      conversations: { type: 'string', default: '100' },
      repetitions: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      overload: { type: 'boolean', default: false },
      rooms: { type: 'boolean', default: false },
      herd: { type: 'boolean', default: false },
      history: { type: 'string' },
    },
  });
  const options = {
    seconds: wholeNumber('seconds', values.seconds),
    users: wholeNumber('users', values.users),
    conversations: wholeNumber('conversations', values.conversations),
    repetitions: wholeNumber('repetitions', values.repetitions),
    json: values.json,
    overload: values.overload,
    rooms: values.rooms,
    herd: values.herd,
    history: values.history?.split(',').map((size) => wholeNumber('history', size)),
  };
  if (options.users % 2 === 1)
    throw new Error('--users: an even number, because they talk in pairs');
  if (options.conversations > maxConversations(options.users))
    throw new Error(
      `--conversations: at most ${maxConversations(options.users)} with so many users`,
    );
  return options;
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name}: a whole number from 1`);
}
