import serializers from '@fastify/fast-json-stringify-compiler';
import type { FastifySerializerCompiler } from 'fastify';

const compile = serializers()();

/**
 * Fastify's own serializers, each made with the first answer that needs it: made for all routes at the start they take a
 * tenth of it.
 */
export const serializerCompiler: FastifySerializerCompiler<unknown> = (route) => {
  let serialize: ((answer: unknown) => string) | undefined;
  return (answer) => {
    serialize ??= compile(route as Parameters<typeof compile>[0]);
    return serialize(answer);
  };
};
