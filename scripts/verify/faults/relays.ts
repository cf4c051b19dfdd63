import type { Relay } from '../network/relay.ts';
import type { Fault } from './fault.ts';

/** Milliseconds by which everything is late. */
const LAG = 150;

/** What can happen to the network at this place, such as `between one and the database`. */
export const relayFaults = (relay: Relay, place: string): Fault[] => [
  {
    name: `connections cut ${place}`,
    part: place,
    break() {
      const heal = relay.refuse();
      relay.cut();
      return heal;
    },
  },
  { name: `network stalls ${place}`, part: place, break: () => relay.stall() },
  { name: `half-open connections ${place}`, part: place, break: () => relay.leaveHalfOpen() },
  { name: `network lags ${place}`, part: place, break: () => relay.lag(LAG) },
];
