import type { Bus } from '../bus.ts';
import type { Config } from '../config.ts';
import { exactLimit } from './exact-limit.ts';
import { frequentLimit } from './frequent-limit.ts';

const QUARTER_HOUR = 900;
const HOUR = 3_600;
/** Into so many a limit is divided when processes cannot count together. */
const PROCESSES = 4;

type LimitsConfig = Pick<
  Config,
  | 'redisUrl'
  | 'addressLimitFactor'
  | 'requestsPerAddress'
  | 'requestsPerAccount'
  | 'loginsPerAddress'
  | 'loginsPerAccount'
  | 'registrationsPerAddress'
  | 'mailsPerAddress'
  | 'mailsPerAccount'
>;

export type Limits = ReturnType<typeof limiter>;

/** All limits of the installation but those of a single socket. Whoever takes too often gets a 429. */
export function limiter({ bus, config }: { bus: Bus; config: LimitsConfig }) {
  const frequent = (name: string, max: number, seconds: number) =>
    frequentLimit({ name, max, seconds }, bus);
  const exact = (name: string, max: number, seconds: number) => {
    const maxAlone = config.redisUrl === undefined ? max : Math.ceil(max / PROCESSES);
    return exactLimit({ name, max, maxAlone, seconds }, bus);
  };
  return {
    requestsByAddress: frequent('requestsByAddress', config.requestsPerAddress, 10),
    requestsByAccount: frequent('requestsByAccount', config.requestsPerAccount, 10),
    /** Failed sign-ins, the next three. */
    loginByAddress: exact('loginByAddress', config.loginsPerAddress, QUARTER_HOUR),
    /** One name from anywhere. It locks its owner out too, so it is wider. */
    loginByAccount: exact('loginByAccount', 10 * config.loginsPerAccount, HOUR),
    loginByAccountAndAddress: exact(
      'loginByAccountAndAddress',
      config.loginsPerAccount,
      QUARTER_HOUR,
    ),
    registerByAddress: exact('registerByAddress', config.registrationsPerAddress, HOUR),
    mailByAddress: exact('mailByAddress', config.mailsPerAddress, HOUR),
    mailByAccount: exact('mailByAccount', config.mailsPerAccount, HOUR),
    /** Tokens out of mails that are tried. */
    redeemByAddress: exact('redeemByAddress', 100 * config.addressLimitFactor, QUARTER_HOUR),
    /** Wrong current passwords of somebody who is signed in. */
    passwordByAccount: exact('passwordByAccount', config.loginsPerAccount, QUARTER_HOUR),
    /** A device comes about twice. */
    refreshByAddress: exact('refreshByAddress', 5_000 * config.addressLimitFactor, QUARTER_HOUR),
  };
}
