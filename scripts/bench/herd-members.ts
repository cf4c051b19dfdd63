// A process of the crowd: each message from the command is an order, answered when it is done.
import { HerdMember } from './herd-member.ts';
import { inBatches } from './in-batches.ts';

/** Sockets under way. */
const OPENING_AT_ONCE = 50;

export type HerdOrder =
  /** First of all. */
  | { do: 'open'; port: number; tokens: readonly string[]; room: string; size: number }
  /** So many of them, the first, have the room on screen from now on. What was seen before is forgotten. */
  | { do: 'look'; looking: number }
  | { do: 'tell' };

/** Milliseconds since 1970, by message, of each member of this process. */
export interface HerdSight {
  rings: Record<string, number[]>;
  /** Of those who look. */
  held: Record<string, number[]>;
  /** Fetches that were answered by a 503. */
  refused: number;
  /** The close codes of sockets since the beginning; nothing that is measured without them counts. */
  lost: number[];
}

let members: HerdMember[] = [];
let looking = 0;
const lost: number[] = [];
let sight: HerdSight = { rings: {}, held: {}, refused: 0, lost };

process.on('message', async (order: HerdOrder) => {
  if (order.do === 'open') await open(order);
  if (order.do === 'look') await look(order.looking);
  process.send?.(order.do === 'tell' ? sight : {});
});

async function open({ tokens, ...order }: Extract<HerdOrder, { do: 'open' }>): Promise<void> {
  members = await inBatches(tokens, OPENING_AT_ONCE, (token, index) =>
    HerdMember.open({
      ...order,
      token,
      onRing: (id) => note(sight.rings, id),
      onHeld: (id) => index < looking && note(sight.held, id),
      onRefused: () => {
        sight.refused += 1;
      },
      onLost: (code) => lost.push(code),
    }),
  );
}

async function look(count: number): Promise<void> {
  looking = count;
  await Promise.all(members.map((member, index) => member.look(index < count)));
  sight = { rings: {}, held: {}, refused: 0, lost };
}

function note(times: Record<string, number[]>, id: string): void {
  const known = times[id] ?? [];
  times[id] = known;
  known.push(Date.now());
}
