import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { type InvalidValue, ProblemError } from './problems.ts';

/**
 * Fastify's validator: checks a body as it is; of path, query and headers, which are always text,
 * it first turns plain decimal numbers into integers where the schema has one. Nothing else is
 * converted, so "12x", "1.5" and "" are refused.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const integers = httpPart === 'body' ? [] : integerProperties(schema);
  return (value: unknown) => {
    const converted = withIntegers(value, integers);
    const errors = findInvalid(validator, converted);
    return errors.length === 0
      ? { value: converted }
      : { error: new ProblemError('invalid_input', { errors }) };
  };
};

/** At most one complaint a path, none when the value is valid. */
export function findInvalid(validator: Validator, value: unknown): InvalidValue[] {
  if (validator.Check(value)) return [];
  const byPath = new Map<string, InvalidValue>();
  for (const error of validator.Errors(value)) {
    for (const path of pathsOf(error)) {
      if (!byPath.has(path))
        byPath.set(path, { path, message: messageOf(error, validator.Type()) });
    }
  }
  return [...byPath.values()];
}

/** What a pattern means is in the description of its schema; the pattern itself helps nobody. */
function messageOf(
  { keyword, message, schemaPath }: TLocalizedValidationError,
  schema: object,
): string {
  if (keyword === 'boolean') return 'must not be here';
  if (keyword !== 'pattern') return message;
  const description = descriptionAt(schema, schemaPath);
  return description === undefined ? message : `must be: ${description}`;
}

/** `#/properties/username` is a path in the schema. */
function descriptionAt(schema: object, schemaPath: string): string | undefined {
  let at: unknown = schema;
  for (const key of schemaPath.split('/').slice(1))
    at = (at as Record<string, unknown> | undefined)?.[key];
  return (at as { description?: string } | undefined)?.description;
}

/** `conversations.42.0`, in the names of the input; a missing property is named, not its parent. */
function pathsOf(error: TLocalizedValidationError): string[] {
  const at = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword !== 'required') return [at];
  return error.params.requiredProperties.map((name) => (at === '' ? name : `${at}.${name}`));
}

const integerProperties = (schema: TSchema): string[] =>
  Object.entries((schema as { properties?: Record<string, { type?: string }> }).properties ?? {})
    .filter(([, property]) => property.type === 'integer')
    .map(([name]) => name);

function withIntegers(value: unknown, names: readonly string[]): unknown {
  if (names.length === 0) return value;
  const converted: Record<string, unknown> = { ...(value as object) };
  for (const name of names) {
    const text = converted[name];
    // More than 16 digits is no safe integer; as a text it is refused below.
    if (typeof text === 'string' && /^\d{1,16}$/.test(text)) converted[name] = Number(text);
  }
  return converted;
}
