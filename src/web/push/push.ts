import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { isOnFor, keepOnFor } from './kept-choice.ts';
import { subscribe } from './subscribe.ts';

/** `impossible`: the browser or the server has no Web Push. */
export type PushState = 'impossible' | 'forbidden' | 'off' | 'on';

const isPossibleHere = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** On this device, for whoever is signed in. */
export async function findPushState(): Promise<PushState> {
  if (!isPossibleHere() || (await doorbell.push.findKey()) === undefined) return 'impossible';
  if (Notification.permission === 'denied') return 'forbidden';
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  return subscription && isOnFor(me.value?.username ?? '') ? 'on' : 'off';
}

/** Asks the person, if the browser has not yet. */
export async function turnOn(): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'forbidden' : 'off';
  await subscribe(doorbell, await navigator.serviceWorker.ready);
  keepOnFor(me.value?.username);
  return 'on';
}

export async function turnOff(): Promise<PushState> {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  // Its id is not kept: to subscribe once more tells it.
  if (subscription) await doorbell.push.unsubscribe(await subscribe(doorbell, registration));
  await subscription?.unsubscribe();
  keepOnFor(undefined);
  return 'off';
}
