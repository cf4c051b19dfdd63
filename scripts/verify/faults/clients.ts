import type { Person } from '../person.ts';
import type { Fault } from './fault.ts';

/** Enough that every kind happens to everybody within a second or two. */
const BURST = {
  lostRequests: 0.05,
  lostAnswers: 0.1,
  repeatedRequests: 0.1,
  lateAnswers: 0.1,
  lostFrames: 0.3,
  repeatedFrames: 0.1,
  overtakenFrames: 0.1,
  lateFrames: 0.1,
  cutSockets: 0.01,
  deafSockets: 0.005,
};

/** What the clients themselves do and suffer; possible at any installation. */
export const clientFaults = (people: () => readonly Person[]): Fault[] => [
  {
    name: 'half the clients leave and return',
    part: 'clients',
    break(random) {
      const some = people().filter(() => random() < 0.5);
      for (const { client } of some) client.close();
      // Caught up is what everybody must be in the end; some may have to wait until something else heals.
      return () => {
        for (const { client } of some) client.connect().catch(() => {});
      };
    },
  },
  {
    name: 'clients behind a very bad network',
    part: 'clients',
    break() {
      const all = people();
      for (const { network } of all) network.break(BURST);
      return () => {
        for (const { network } of all) network.heal();
      };
    },
  },
];
