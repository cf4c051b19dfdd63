import { subscribe } from '../push/subscribe.ts';
import { openDoorbell } from './describe-message.ts';
import { notify, open } from './notifications.ts';
import { answerFromShell, forgetOldShells, keepShell } from './shell.ts';
import { worker } from './worker.ts';

worker.addEventListener('install', (event) => event.waitUntil(keepShell()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOldShells()));
worker.addEventListener('fetch', (event) => {
  const answer = answerFromShell(event.request);
  if (answer !== undefined) event.respondWith(answer);
});
worker.addEventListener('push', (event) => event.waitUntil(notify(event.data)));
worker.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)));
// Push services replace subscriptions now and then.
worker.addEventListener('pushsubscriptionchange', (event) =>
  (event as ExtendableEvent).waitUntil(subscribe(openDoorbell(), worker.registration)),
);
