import { CommandError, parseOptions } from '../support/command.ts';
import { type StoreName, stores } from './server.ts';

export const USAGE = `npm run fuzz -- [--cases 20000] [--seed 7] [--store ${Object.keys(stores).join('|')}] [--only messages]`;

/** Throws CommandError. */
export function readOptions(args: string[]) {
  const given = parseOptions(args, {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '7' },
    store: { type: 'string', default: 'sqlite' },
    only: { type: 'string' },
  });
  const { store, only } = given;
  const [cases, seed] = [Number(given.cases), Number(given.seed)];
  if (!(Number.isInteger(cases) && cases > 0)) throw new CommandError('--cases: a number from 1');
  if (!Number.isSafeInteger(seed)) throw new CommandError('--seed: a whole number');
  if (!isStore(store)) throw new CommandError(`--store: ${Object.keys(stores).join('|')}`);
  return { cases, seed, store, only };
}

const isStore = (name: string): name is StoreName => Object.hasOwn(stores, name);
