import { addressKey } from '../core/limits/address-key.ts';
import type { Limits } from '../core/limits/limits.ts';
import { ProblemError } from '../core/problems.ts';
import { canonical } from './users.ts';

export type SignInLimits = ReturnType<typeof signInLimits>;

interface Counted {
  limit: { take(key: string): Promise<void>; giveBack(key: string): Promise<void> };
  key: string;
}

/**
 * How often somebody may try. Whoever fails is counted, and before it is known whether they do: of many attempts at once
 * each would else find that few have failed so far. All throw a 429.
 */
export function signInLimits(limits: Limits) {
  /** What is no fault of whoever tries does not count either: a database that is away, a weak new password. */
  async function countFailures<T>(counted: readonly Counted[], work: () => Promise<T>): Promise<T> {
    for (const { limit, key } of counted) await limit.take(key);
    try {
      const result = await work();
      await giveBack(counted);
      return result;
    } catch (error) {
      if (!isFailedAttempt(error)) await giveBack(counted);
      throw error;
    }
  }

  const giveBack = (counted: readonly Counted[]): Promise<unknown> =>
    Promise.all(counted.map(({ limit, key }) => limit.giveBack(key)));

  return {
    beforeRegistration: (address: string): Promise<void> =>
      limits.registerByAddress.take(addressKey(address)),

    signIn<T>(address: string, username: string, work: () => Promise<T>): Promise<T> {
      const [from, name] = [addressKey(address), canonical(username)];
      return countFailures(
        [
          { limit: limits.loginByAddress, key: from },
          { limit: limits.loginByAccountAndAddress, key: `${name} ${from}` },
          { limit: limits.loginByAccount, key: name },
        ],
        work,
      );
    },

    refresh: <T>(address: string, work: () => Promise<T>): Promise<T> =>
      countFailures([{ limit: limits.refreshByAddress, key: addressKey(address) }], work),

    /** Every mail counts, since it reaches somebody who may not have asked. */
    beforeMail: (address: string): Promise<void> => limits.mailByAddress.take(addressKey(address)),

    /** Whether this mail address gets one more. Nobody hears of a refusal: it would tell of others' mails. */
    mayMail: (email: string): Promise<boolean> =>
      limits.mailByAccount.take(canonical(email)).then(
        () => true,
        () => false,
      ),

    redeem: <T>(address: string, work: () => Promise<T>): Promise<T> =>
      countFailures([{ limit: limits.redeemByAddress, key: addressKey(address) }], work),

    /** Wrong current passwords of somebody who is signed in, perhaps only by a stolen token. */
    password: <T>(userId: number, work: () => Promise<T>): Promise<T> =>
      countFailures([{ limit: limits.passwordByAccount, key: String(userId) }], work),
  };
}

const FAILED = new Set([
  'wrong_credentials',
  'refresh_token_spent',
  'mail_token_spent',
  'wrong_password',
]);

const isFailedAttempt = (error: unknown): boolean =>
  error instanceof ProblemError && FAILED.has(error.code);
