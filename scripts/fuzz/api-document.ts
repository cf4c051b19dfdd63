import { Compile, type Validator } from 'typebox/compile';

/** What of JSON Schema the documents of a server use. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  description?: string;
  title?: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  schema: Schema;
}

export interface Body {
  schema: Schema;
  validator: Validator;
}

/** By content type; of no content there is none. */
type Answers = ReadonlyMap<string, Body>;

export interface Route {
  /** `GET /api/v1/users/{username}` */
  name: string;
  method: string;
  path: string;
  parameters: readonly Parameter[];
  body: Body | undefined;
  /** By status, `4XX` and `5XX` among them. */
  responses: ReadonlyMap<string, Answers>;
  isPublic: boolean;
}

/** A frame that a client may send. */
export interface Command {
  name: string;
  schema: Schema;
}

/** What a server says of itself: all that the fuzzer knows of it. */
export interface ApiDocument {
  routes: readonly Route[];
  commands: readonly Command[];
  /** Of every frame that the server sends by itself. */
  event: Validator;
  answer: Validator;
  problem: Validator;
  problemCodes: ReadonlySet<unknown>;
  closeCodes: ReadonlySet<number>;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
  security?: unknown[];
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Problem: Schema } };
}

interface AsyncApi {
  channels: { socket: { messages: Record<string, { payload: Schema }> } };
  operations: Record<'ring' | 'command', { messages: { payload: Schema }[] }>;
  info: { description: string };
}

export async function fetchDocument(url: string): Promise<ApiDocument> {
  const get = async (name: string): Promise<object> =>
    (await (await fetch(`${url}/api/v1/${name}`)).json()) as object;
  const openApi = resolved(await get('openapi.json')) as OpenApi;
  const asyncApi = resolved(await get('asyncapi.json')) as AsyncApi;
  const { Problem } = openApi.components.schemas;
  const sent = asyncApi.operations.ring.messages.map(({ payload }) => payload);
  const [answer, events] = [
    sent.filter(({ title }) => title === 'answer'),
    sent.filter(({ title }) => title !== 'answer'),
  ];
  return {
    routes: routesOf(openApi),
    commands: asyncApi.operations.command.messages.map(({ payload }) => ({
      name: String(payload.properties?.['command']?.const),
      schema: payload,
    })),
    event: Compile({ anyOf: events }),
    answer: Compile({ anyOf: answer }),
    problem: Compile({ ...Problem }),
    problemCodes: new Set(Problem.properties?.['code']?.enum),
    closeCodes: new Set(closeCodesIn(asyncApi.info.description)),
  };
}

/** AsyncAPI has no place for them but its text: `4413 frame too large`. */
const closeCodesIn = (text: string): number[] =>
  [...text.matchAll(/\b([14]\d{3})\s+(?!up\b)[a-z]/g)].map(([, code]) => Number(code));

const routesOf = ({ paths }: OpenApi): Route[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: bodyOf(operation.requestBody?.content['application/json']?.schema),
      responses: new Map(
        Object.entries(operation.responses).map(([status, { content = {} }]) => [
          status,
          answersOf(content),
        ]),
      ),
      isPublic: operation.security?.length === 0,
    })),
  );

function answersOf(content: Record<string, { schema?: Schema }>): Answers {
  const answers = new Map<string, Body>();
  for (const [type, { schema }] of Object.entries(content)) {
    const body = bodyOf(schema);
    if (body) answers.set(type, body);
  }
  return answers;
}

const bodyOf = (schema: Schema | undefined): Body | undefined =>
  schema && { schema, validator: Compile({ ...schema }) };

/** With every `$ref` replaced by what it names. */
function resolved(document: object): unknown {
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const { $ref } = node as { $ref?: unknown };
    if (typeof $ref === 'string') return walk(named(document, $ref));
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return walk(document);
}

/** `#/components/schemas/User` */
function named(document: object, reference: string): unknown {
  let at: unknown = document;
  for (const key of reference.split('/').slice(1)) at = (at as Record<string, unknown>)[key];
  return at;
}
