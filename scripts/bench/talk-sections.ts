import { ranged, type Section } from './report.ts';
import { figureRows } from './rows.ts';
import type { Repetition } from './talk-scenario.ts';

export const TALK_SECTIONS: readonly Section<Repetition>[] = [
  [
    'Ratios, Doorbell / limit',
    [
      ['talk: messages / bare HTTP and sockets', ({ ratios }) => ranged(ratios.talkToBare, 2)],
      ['talk: messages / bare transactions', ({ ratios }) => ranged(ratios.talkToTransactions, 2)],
      ['talk: messages / Socket.IO', ({ ratios }) => ranged(ratios.talkToSocketIo, 2)],
      [
        'talk: messages / Socket.IO with an insert for each',
        ({ ratios }) => ranged(ratios.talkToSocketIoWithInsert, 2),
      ],
      [
        'talk: p50 to fetched / Socket.IO with an insert for each',
        ({ ratios }) => ranged(ratios.delayToSocketIoWithInsert, 2),
      ],
      [
        'lone: p50 to 201 / bare transaction',
        ({ ratios }) => ranged(ratios.lonePostToTransaction, 2),
      ],
      [
        'lone: p50 to fetched / bare HTTP and sockets',
        ({ ratios }) => ranged(ratios.loneFetchToBare, 2),
      ],
    ],
  ],
  ['Talk, in each conversation one message under way', figureRows(({ talk }) => talk)],
  ['Lone', figureRows(({ lone }) => lone)],
  ['Limit: bare HTTP and sockets, talk', figureRows(({ limits }) => limits.talk)],
  ['Limit: bare HTTP and sockets, lone', figureRows(({ limits }) => limits.lone)],
  ['Peer: Socket.IO, nothing stored, talk', figureRows(({ peers }) => peers.socketIo)],
  ['Peer: Socket.IO with an insert for each, talk', figureRows(({ peers }) => peers.withInsert)],
  [
    'Limit: bare transactions',
    [
      [
        "a second, on as many connections as the server's",
        ({ limits }) => ranged(limits.transactions.perSecond),
      ],
      ['a second, on one connection', ({ limits }) => ranged(limits.oneConnection.perSecond)],
      ['p50 on one connection, ms', ({ limits }) => ranged(limits.oneConnection.p50, 2)],
    ],
  ],
];
