import { notificationTagOf } from '../push/notification-tag.ts';
import { pathOf, routeOf } from '../router/routes.ts';
import { describeMessage, UNKNOWN } from './describe-message.ts';
import { worker } from './worker.ts';

interface Shown {
  messageId: string;
  path: string;
}

/** Shows a message that was pushed, in place of the one before of the same conversation. Never rejects. */
export async function notify(data: PushMessageData | null): Promise<void> {
  const messageId = idOf(data);
  if (messageId === undefined) return;
  const [conversationId = ''] = messageId.split('-');
  const tag = notificationTagOf(conversationId);
  const path = pathOf(conversationId);
  if (await isLookedAt(path)) return;
  const { title, body } = await describeMessage(messageId, conversationId).catch(() => UNKNOWN);
  const before = await worker.registration.getNotifications({ tag });
  const isRepeat = before.some(({ data: shown }) => (shown as Shown).messageId === messageId);
  const options = {
    body,
    tag,
    dir: 'auto',
    icon: '/icon-192.png',
    data: { messageId, path } satisfies Shown,
    // What the types of TypeScript have not: that it makes itself heard again.
    renotify: !isRepeat,
  } as const;
  await worker.registration.showNotification(title, options);
}

function idOf(data: PushMessageData | null): string | undefined {
  try {
    const { event, id } = data?.json() ?? {};
    return event === 'message.created' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

const listWindows = () => worker.clients.matchAll({ type: 'window', includeUncontrolled: true });

async function isLookedAt(path: string): Promise<boolean> {
  const windows = await listWindows();
  return windows.some(({ focused, url }) => focused && new URL(url).pathname === path);
}

/** To the conversation: in a window that is there, else in a new one. */
export async function open(notification: Notification): Promise<void> {
  notification.close();
  const { path } = notification.data as Shown;
  const windows = await listWindows();
  const [first] = windows.filter(({ url }) => routeOf(new URL(url).pathname).view !== 'nothing');
  if (!first) {
    await worker.clients.openWindow(path);
    return;
  }
  first.postMessage({ open: path });
  await first.focus();
}
