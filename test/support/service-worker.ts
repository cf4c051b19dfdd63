import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/** Resolves to the address of its script. */
export const serviceWorkerReady = (page: Page) =>
  page.evaluate('navigator.serviceWorker.ready.then(({ active }) => active.scriptURL)');

/** Returns the function that brings what a push service would hand to the browser to the service worker. */
export async function pusher(context: BrowserContext, page: Page, origin: string) {
  const session: CDPSession = await context.newCDPSession(page);
  const registration = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first) resolve(first.registrationId);
    }),
  );
  await session.send('ServiceWorker.enable');
  const registrationId = await registration;
  return (data: string) =>
    session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
}
