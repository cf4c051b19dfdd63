import type { Doorbell } from '../../client/index.ts';

/**
 * Has this device reached by Web Push, whether or not it was before. Resolves with the id of the subscription; rejects
 * when the browser, its push service or the server refuses.
 */
export async function subscribe(
  doorbell: Doorbell,
  { pushManager }: ServiceWorkerRegistration,
): Promise<string> {
  const applicationServerKey = await doorbell.push.findKey();
  if (!applicationServerKey) throw new Error('the server sends no Web Push');
  const known = await pushManager.getSubscription();
  // With another key a browser gives no other subscription until this one has ended.
  if (known && keyOf(known) !== applicationServerKey) await known.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint = '', keys = {} } = made.toJSON();
  const { p256dh = '', auth = '' } = keys;
  return doorbell.push.subscribe({ endpoint, keys: { p256dh, auth } });
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
