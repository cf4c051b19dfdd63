import { type Static, Type } from '@fastify/type-provider-typebox';
import { Message } from '../../conversations/schemas.ts';
import { Nullable, Text } from '../../core/schemas.ts';

/** Messages of a page when the client names no limit. */
export const DEFAULT_LIMIT = 20;

export const SearchQuery = Type.Object({
  q: Text({
    maximum: 200,
    description:
      'Words that must all occur, in any order; "quoted" ones as such; word* for all that begin with it. Case and diacritics do not matter',
  }),
  conversation: Type.Optional(Type.String({ description: 'Only in this one' })),
  before: Type.Optional(Type.String({ maxLength: 60, description: '`next` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT })),
});
export type SearchQuery = Static<typeof SearchQuery>;

const Highlight = Type.Object({ start: Type.Integer(), end: Type.Integer() });
export type Highlight = Static<typeof Highlight>;

const FoundMessage = Type.Object(
  {
    ...Message.properties,
    highlights: Type.Array(Highlight, {
      description:
        'What was found, the first hundred times: UTF-16 offsets into the body, the end exclusive; ascending, not overlapping',
    }),
  },
  { title: 'FoundMessage' },
);
export type FoundMessage = Static<typeof FoundMessage>;

export const SearchAnswer = Type.Object(
  {
    messages: Type.Array(FoundMessage, { description: 'Newest first' }),
    hasMore: Type.Boolean(),
    next: Nullable(Type.String()),
  },
  { title: 'SearchAnswer' },
);
export type SearchAnswer = Static<typeof SearchAnswer>;
