import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { addressKey } from './address-key.ts';
import type { Limits } from './limits.ts';

/** Before anything of a request costs more. */
export function limitAddresses(
  scope: FastifyInstance,
  { requestsByAddress }: Pick<Limits, 'requestsByAddress'>,
  { trustedProxies }: Pick<Config, 'trustedProxies'>,
): void {
  let warned = trustedProxies.length > 0;
  scope.addHook('onRequest', async (request) => {
    if (!warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true;
      request.log.warn(
        'whoever comes through a proxy without TRUSTED_PROXIES counts as one address',
      );
    }
    await requestsByAddress.take(addressKey(request.ip));
  });
}

/** After authentication. */
export function limitAccounts(
  scope: FastifyInstance,
  { requestsByAccount }: Pick<Limits, 'requestsByAccount'>,
): void {
  scope.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.access === 'anyone') return;
    await requestsByAccount.take(String(request.viewer.userId));
  });
}
