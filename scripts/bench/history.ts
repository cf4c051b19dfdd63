import type { Asking, AskingFigures, Question } from './asking.ts';
import { type Library, type Shelf, setUpShelves } from './history-set-up.ts';
import type { Options } from './options.ts';
import { ranged, type Section } from './report.ts';
import { usedRows } from './rows.ts';
import type { Rate, Scenario } from './scenario.ts';
import { askGenerator, type Stage, timesOf } from './stage.ts';
import type { Summarised } from './statistics.ts';

const TITLES = {
  page: 'The last 15 of a conversation',
  older: 'The 15 before them',
  conversations: 'The list of conversations, with unread counts',
  rareWord: 'A search for a word of one message',
  commonWord: 'A search for a word of all of them',
  sync: 'A sync of somebody who has missed nothing',
};

type Kind = keyof typeof TITLES;
const KINDS = Object.keys(TITLES) as Kind[];

type BySize<T> = Record<string, T>;

interface Repetition {
  /** Answers a second, divided by those of the smallest store. */
  ratios: Record<Kind, BySize<number>>;
  figures: Record<Kind, BySize<AskingFigures>>;
}

/** What is asked of stores of several sizes, by turns; the readers have the same at each. */
async function measure(stage: Stage, { name, libraries }: Shelf): Promise<Repetition> {
  const measured = KINDS.map((kind): [Kind, BySize<AskingFigures>] => [kind, {}]);
  for (const [kind, bySize] of measured) {
    for (const library of libraries) {
      const { port, pids, size } = library;
      const askers = await askersOf(library, kind);
      const load: Asking = { port, pids, askers, ...timesOf(stage) };
      bySize[sizeName(size)] = await askGenerator(stage, `${kind} of ${name}`, load);
    }
  }
  const ratios = measured.map(([kind, bySize]) => [kind, toFirst(bySize)]);
  return {
    ratios: Object.fromEntries(ratios) as Repetition['ratios'],
    figures: Object.fromEntries(measured) as Repetition['figures'],
  };
}

const sizeName = (size: number): string => `${size.toLocaleString('en')} messages`;

function toFirst(bySize: BySize<AskingFigures>): BySize<number> {
  const [[, first], ...others] = Object.entries(bySize) as [
    [string, AskingFigures],
    ...[string, AskingFigures][],
  ];
  return Object.fromEntries(
    others.map(([size, { perSecond }]) => [size, perSecond / first.perSecond]),
  );
}

async function askersOf({ port, readers }: Library, kind: Kind): Promise<Asking['askers']> {
  const { users, conversations } = readers;
  return Promise.all(
    users.map(async (token, user) => {
      const own = conversations.filter((one) => one.users.includes(user)).map(({ id }) => id);
      return { token, questions: await questionsOf(kind, own, port, token) };
    }),
  );
}

async function questionsOf(
  kind: Kind,
  own: readonly string[],
  port: number,
  token: string,
): Promise<readonly Question[]> {
  const messagesOf = (id: string) => `/api/v1/conversations/${id}/messages`;
  switch (kind) {
    case 'page':
      return own.map((id) => ({ path: messagesOf(id) }));
    case 'older':
      return own.map((id) => ({ path: `${messagesOf(id)}?before=26` }));
    case 'conversations':
      return [{ path: '/api/v1/conversations' }];
    case 'rareWord':
      return own.map((_, index) => ({ path: `/api/v1/messages/search?q=${index * 7}` }));
    case 'commonWord':
      return [{ path: `/api/v1/messages/search?q=${encodeURIComponent('Brücke')}` }];
    case 'sync':
      return [{ path: '/api/v1/sync', json: await positionsOf(port, token) }];
  }
}

/** The body of a sync by somebody who has everything. */
async function positionsOf(port: number, token: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"conversations":{}}',
  });
  const { conversations } = (await response.json()) as { conversations: unknown };
  return JSON.stringify({ conversations });
}

type Results = Summarised<Repetition>;

function sections({ sizes }: Options): Section<Repetition>[] {
  const names = sizes.map(sizeName);
  const [first = '', ...others] = names;
  return [
    [
      `Ratios to ${first}, answers a second`,
      KINDS.flatMap((kind) =>
        others.map((size): Section<Repetition>[1][number] => [
          `${TITLES[kind]}: ${size}`,
          ({ ratios }) => ranged(ratios[kind][size], 2),
        ]),
      ),
    ],
    ...KINDS.flatMap((kind) =>
      names.map((size): Section<Repetition> => {
        const of = ({ figures }: Results) => figures[kind][size];
        return [
          `${TITLES[kind]}: ${size}`,
          [
            ['answers a second', (results) => ranged(of(results)?.perSecond)],
            ['p50 ms', (results) => ranged(of(results)?.answered.p50, 2)],
            ['p99 ms', (results) => ranged(of(results)?.answered.p99, 2)],
            ...usedRows<Repetition>(of),
          ],
        ];
      }),
    ),
  ];
}

const ratesOf = ({ figures }: Repetition): Record<string, Rate> =>
  Object.fromEntries(
    KINDS.flatMap((kind) =>
      Object.entries(figures[kind]).map(([size, rate]) => [`${TITLES[kind]}: ${size}`, rate]),
    ),
  );

export const HISTORY: Scenario<Shelf, Repetition> = {
  about: 'reading from stores of several sizes',
  setUp: setUpShelves,
  measure,
  rates: ratesOf,
  sections,
};
