import type { FastifyInstance, HookHandlerDoneFunction } from 'fastify';
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
  scope.addHook('onRequest', (request, _reply, done) => {
    if (!warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true;
      request.log.warn(
        'whoever comes through a proxy without TRUSTED_PROXIES counts as one address',
      );
    }
    doneAfter(requestsByAddress.take(addressKey(request.ip)), done);
  });
}

/** After authentication. */
export function limitAccounts(
  scope: FastifyInstance,
  { requestsByAccount }: Pick<Limits, 'requestsByAccount'>,
): void {
  scope.addHook('onRequest', (request, _reply, done) => {
    if (request.is404 || request.routeOptions.config.access === 'anyone') return done();
    doneAfter(requestsByAccount.take(String(request.viewer.userId)), done);
  });
}

/** Most need not wait, and a promise for each of them would cost more than the limit does. */
function doneAfter(taken: Promise<void> | undefined, done: HookHandlerDoneFunction): void {
  if (taken === undefined) done();
  else taken.then(() => done(), done);
}
