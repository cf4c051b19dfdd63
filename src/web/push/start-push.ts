import { effect } from '@preact/signals';
import { me } from '../account/sign-in-state.ts';
import { atSignOut } from '../doorbell.ts';
import { navigate, route } from '../router/router.ts';
import { isOnFor } from './kept-choice.ts';
import { notificationTagOf } from './notification-tag.ts';

/** The service worker: an installed page that starts without the server, and notifications. */
export function startPush(): void {
  const { serviceWorker } = navigator;
  // Absent where the page came by plain http from another machine. Vite's own server has none to offer.
  if (!serviceWorker || !import.meta.env.PROD) return;
  // Without one all is as before.
  serviceWorker.register('/service-worker.js').catch(() => {});
  serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.open === 'string') navigate(data.open);
  });
  effect(() => void closeNotifications(shownNow()));
  addEventListener('focus', () => void closeNotifications(shownNow()));
  atSignOut(() => void closeNotifications({}));
  effect(() => {
    if (me.value && isOnFor(me.value.username)) void confirmSubscription();
  });
}

/** Undefined when no conversation is looked at now. */
function shownNow(): GetNotificationOptions | undefined {
  const shown = route.value;
  return 'id' in shown && document.hasFocus() ? { tag: notificationTagOf(shown.id) } : undefined;
}

async function closeNotifications(which: GetNotificationOptions | undefined): Promise<void> {
  if (!which) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const notifications = (await registration?.getNotifications(which)) ?? [];
  for (const notification of notifications) notification.close();
}

/** The server forgets a device with its session, and others may have used this browser since. */
async function confirmSubscription(): Promise<void> {
  const { turnOn } = await import('./push.ts');
  // The switch in the settings tells.
  if (Notification.permission === 'granted') await turnOn().catch(() => {});
}
