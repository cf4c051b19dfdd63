import type { Notice } from './bus.ts';

/** All that processes say to each other. `from`: who says it, whose own sockets have it already. */
export type Envelope = { from: string } /** For the user whose channel it came by. */ & (
  | { notice: Notice }
  /** For many, each of them with those whom it is for. */
  | { notices: readonly (readonly [userIds: readonly number[], notice: Notice])[] }
  /** A sign of life, numbered from 1. */
  | { beat: number }
  /** Something was published in vain: whoever hears this has missed it. */
  | { resync: true }
  | { farewell: true }
);

/** Undefined when it is none of ours. */
export function parseEnvelope(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs = typeof value === 'object' && value !== null && 'from' in value;
    return isOurs ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}
