import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox';
import { DEFAULT_PAGE } from './paging.ts';

/** `T | null` as one type keyword, which serialises far faster than a union of two schemas. */
export const Nullable = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ ...schema, type: [(schema as { type?: string }).type, 'null'] });

export const Timestamp = Type.String({
  format: 'date-time',
  description: 'ISO 8601 in UTC with milliseconds',
});

/**
 * Text that comes back as it was sent: `minimum` (1) to `maximum` Unicode code points after trimming, without
 * NUL, which some stores cut at, and without lone surrogates, which UTF-8 cannot hold.
 */
export const Text = ({
  minimum = 1,
  maximum,
  description,
}: {
  minimum?: 0 | 1;
  maximum: number;
  description?: string;
}) => {
  const rule = `${minimum} to ${maximum} Unicode code points after trimming`;
  return Type.Refine(
    Type.Refine(
      Type.String({ description: description ? `${description}: ${rule}` : rule }),
      (text) => isWithin(text.trim(), minimum, maximum),
      () => `must have ${rule}`,
    ),
    (text) => text.isWellFormed() && !text.includes('\0'),
    () => 'must not contain NUL or a lone surrogate',
  );
};

/** A code point is one or two UTF-16 units, so most texts need no counting. */
function isWithin(text: string, minimum: number, maximum: number): boolean {
  if (text.length < minimum || text.length > 2 * maximum) return false;
  return text.length <= maximum || [...text].length <= maximum;
}

export const IdParams = Type.Object({ id: Type.String({ description: 'Opaque' }) });

export const PageLimit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_PAGE }),
);

export const Nothing = Type.Null({ description: 'No content' });
