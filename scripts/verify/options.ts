import { CommandError, parseOptions } from '../support/command.ts';
import { topologies } from './topologies/index.ts';

export interface VerifyOptions {
  minutes: number;
  seed: number;
  topology: string;
  /** Of an installation that is somebody else's. */
  urls: readonly string[] | undefined;
  /** Parts of the names of the faults to inject; all when there are none. */
  faults: readonly string[];
  /** Seconds in which everybody must have caught up. */
  patience: number;
  /** Modules that the processes of our own topologies load first; for tests of this program. */
  imports: readonly string[];
  /** Sockets of the crowd, in place of all that. */
  crowd: number | undefined;
}

const names = Object.keys(topologies).join('|');

export const USAGE = `npm run verify -- [--minutes 3] [--seed 7] [--faults kill,Redis] [--patience 30] \
[--topology ${names} | --url https://chat.example[,https://…]]
npm run verify -- --crowd 10000`;

/** Throws CommandError. */
export function readOptions(args: string[]): VerifyOptions {
  const given = parseOptions(args, {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '7' },
    topology: { type: 'string', default: 'embedded' },
    url: { type: 'string' },
    faults: { type: 'string', default: '' },
    crowd: { type: 'string' },
    patience: { type: 'string', default: '30' },
    import: { type: 'string', multiple: true, default: [] },
  });
  const options = {
    minutes: Number(given.minutes),
    seed: Number(given.seed),
    topology: given.topology,
    urls: given.url?.split(',').map((url) => url.replace(/\/$/, '')),
    faults: given.faults.split(',').filter(Boolean),
    patience: Number(given.patience),
    imports: given.import,
    crowd: given.crowd === undefined ? undefined : Number(given.crowd),
  };
  if (!(options.minutes > 0)) throw new CommandError('--minutes: more than 0');
  if (!(options.patience > 0)) throw new CommandError('--patience: more than 0 seconds');
  if (!Number.isSafeInteger(options.seed)) throw new CommandError('--seed: a whole number');
  if (options.crowd !== undefined && !(Number.isInteger(options.crowd) && options.crowd > 1)) {
    throw new CommandError('--crowd: a number of sockets');
  }
  if (!topologies[options.topology]) throw new CommandError(`--topology: ${names}`);
  if (options.urls?.some((url) => !URL.canParse(url))) throw new CommandError('--url: addresses');
  return options;
}
