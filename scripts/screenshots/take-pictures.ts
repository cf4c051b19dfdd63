import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import type { Stage } from './stage.ts';

const SCHEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 360, height: 720 },
  { width: 1280, height: 800 },
];

/** Returns how many. */
export async function takePictures(stage: Stage, folder: string): Promise<number> {
  await using browser = await launchChromium();
  const context = await browser.newContext({ locale: 'en-GB', deviceScaleFactor: 1 });
  const page = await context.newPage();
  const camera = takeWith(page, stage.url, folder);
  let count = await camera({ 'sign-in': '/sign-in', register: '/register' });
  await signIn(page, stage);
  count += await camera({
    unread: `/c/${stage.directId}`,
    room: `/c/${stage.roomId}`,
    list: '/',
    people: '/people',
    rooms: '/rooms',
    'new-room': '/rooms/new',
    members: `/c/${stage.roomId}/members`,
    person: `/people/${stage.otherUsername}`,
    settings: '/settings',
    email: '/settings/email',
    password: '/settings/password',
    devices: '/settings/devices',
    blocked: '/settings/blocked',
    'delete-account': '/settings/delete-account',
    'blocked-person': `/c/${stage.blockedDirectId}`,
    admin: '/admin',
    'admin-users': '/admin/users',
    'admin-user': `/admin/users/${stage.otherUsername}`,
    'admin-rooms': '/admin/rooms',
    'admin-messages': '/admin/messages',
    'admin-audit': '/admin/audit',
    search: '/search?q=the',
    jump: `/c/${stage.roomId}/1`,
    'room-settings': `/c/${stage.roomId}/settings`,
    archived: '/archived',
  });
  return count;
}

const takeWith =
  (page: Page, url: string, folder: string) => async (views: Record<string, string>) => {
    let count = 0;
    for (const [name, path] of Object.entries(views)) {
      await page.goto(url + path);
      for (const size of SIZES) {
        for (const colorScheme of SCHEMES) {
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          await page.waitForLoadState('networkidle');
          await page.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`) });
          count += 1;
        }
      }
    }
    return count;
  };

async function signIn(page: Page, { url, username, password }: Stage): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('list', { name: 'Conversations' }).waitFor();
}
