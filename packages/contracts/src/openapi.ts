import { errorCatalogue, type ErrorCode } from '@almanac/kernel';
import { z } from 'zod';
import { sessionCookie } from './account';
import { apiCatalogue, pathOf, type Api, type Operation } from './api';
import { createSchemaWriter, type JsonSchema } from './json-schema';
import { Problem } from './problem';

type Writer = ReturnType<typeof createSchemaWriter>;
type Node = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 document of APIs: nothing in it is written twice, so nothing can drift.
 * https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(apis: readonly Api[] = apiCatalogue): { openapi: string } & Node {
  const schemas = createSchemaWriter();
  const responses: Record<string, Node> = {};
  const paths: Record<string, Record<string, Node>> = {};
  schemas.write(Problem, 'output');
  for (const api of apis)
    for (const [name, operation] of Object.entries(api.operations)) {
      const path = pathOf(api, operation).replaceAll(/:(\w+)/g, '{$1}');
      (paths[path] ??= {})[operation.method.toLowerCase()] = describe(
        api,
        name,
        operation,
        schemas,
        responses,
      );
    }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Almanac',
      version: '1',
      description:
        'Tasks, reminders and money. Errors are problem+json (RFC 9457) with a stable `code`. ' +
        'Lists are read by cursor. Get a token from `POST /api/v1/auth/token`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: apis.map(({ tag }) => ({ name: tag })),
    paths,
    components: {
      schemas: schemas.components(),
      responses: Object.fromEntries(Object.entries(responses).sort(([a], [b]) => (a < b ? -1 : 1))),
      headers: {
        ETag: { description: 'The version of what is answered.', schema: { type: 'string' }, example: '"7"' },
        RequestId: { description: 'The id of the request, as in the logs.', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' } },
        Location: { description: 'Where to go on.', schema: { type: 'string', format: 'uri-reference' } },
      },
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Good for 10 minutes. What is listed for an operation is the scope it needs.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'Set by signing in; scripts can’t read it.',
        },
      },
    },
  };
}

function describe(
  { tag }: Api,
  name: string,
  operation: Operation,
  schemas: Writer,
  responses: Record<string, Node>,
): Node {
  const { summary, scope, session, body } = operation;
  const parameters = [
    ...parametersOf(operation.params, 'path', schemas),
    ...parametersOf(operation.query, 'query', schemas),
    ...headersOf(operation),
  ];
  return {
    operationId: name,
    summary,
    tags: [tag],
    security: session ? [{ session: [] }] : scope === 'public' ? [] : [{ accessToken: [scope] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemas.write(body, 'input') } },
      },
    }),
    responses: { ...successOf(operation, schemas), ...problemsOf(operation, responses) },
  };
}

/** Of each property of an object; a list is given by repeating its parameter. */
function parametersOf(object: z.ZodType | undefined, where: 'path' | 'query', schemas: Writer): Node[] {
  if (object === undefined) return [];
  if (!(object instanceof z.ZodObject)) throw new Error(`parameters in the ${where} must be an object's`);
  const { properties } = schemas.write(object, 'output') as { properties: Record<string, JsonSchema> };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: where,
    required: !isOptional(object.shape[name] as z.ZodType),
    ...(description !== undefined && { description }),
    schema,
  }));
}

const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success;

const headersOf = ({ method, ifMatch, idempotent, output }: Operation): Node[] => [
  ...(ifMatch
    ? [
        {
          name: 'If-Match',
          in: 'header',
          required: ifMatch === 'required',
          description: 'The ETag that was read last: nothing happens if it has changed since.',
          schema: { type: 'string', pattern: '^"[1-9][0-9]*"$' },
          example: '"7"',
        },
      ]
    : []),
  ...(idempotent
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'With the same key the same request has its effect once, and the same answer, for a day.',
          schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
          example: '019abc7e-3f4e-7cc0-9d52-6f0b5ab8a1f2',
        },
      ]
    : []),
  ...(method === 'GET' && isVersioned(output)
    ? [
        {
          name: 'If-None-Match',
          in: 'header',
          required: false,
          description: 'The ETag that was read last: 304 if it is still the current one.',
          schema: { type: 'string' },
          example: '"7"',
        },
      ]
    : []),
];

/** What has a version is answered with it as ETag. */
const isVersioned = (output: z.ZodType | undefined): boolean =>
  output instanceof z.ZodObject && 'version' in output.shape;

const reference = (kind: string, name: string): Node => ({ $ref: `#/components/${kind}/${name}` });

function successOf({ method, output, status, redirects, session }: Operation, schemas: Writer): Node {
  const headers = { 'X-Request-Id': reference('headers', 'RequestId') };
  if (redirects)
    return {
      303: {
        description: 'Go on there',
        headers: { ...headers, Location: reference('headers', 'Location') },
      },
    };
  if (output === undefined)
    return { 204: { description: session ? 'Done, also without a session' : 'Done', headers } };
  const answered = {
    description: status === 201 ? 'Created' : 'Answered',
    headers: { ...headers, ...(isVersioned(output) && { ETag: reference('headers', 'ETag') }) },
    content: { 'application/json': { schema: schemas.write(output, 'output') } },
  };
  const unchanged = { 304: { description: 'Not changed since', headers } };
  return { [status ?? 200]: answered, ...(method === 'GET' && isVersioned(output) && unchanged) };
}

/** The codes that any such operation can answer with, and its own. */
function codesOf({
  scope,
  session,
  params,
  query,
  body,
  ifMatch,
  idempotent,
  errors = [],
}: Operation): ErrorCode[] {
  const isPaged = query instanceof z.ZodObject && 'cursor' in query.shape;
  return [
    ...(body || ifMatch || idempotent ? (['malformed_request'] as const) : []),
    ...(isPaged ? (['invalid_cursor'] as const) : []),
    ...(session ? (['unauthenticated'] as const) : []),
    ...(scope === 'public' ? [] : (['unauthenticated', 'invalid_token', 'forbidden'] as const)),
    ...(params ? (['not_found'] as const) : []),
    ...(ifMatch ? (['version_mismatch'] as const) : []),
    ...(ifMatch === 'required' ? (['precondition_required'] as const) : []),
    ...(body ? (['body_too_large', 'unsupported_media_type'] as const) : []),
    ...(idempotent ? (['idempotency_key_reused'] as const) : []),
    ...errors,
    'invalid_input',
    'too_many_requests',
    'internal',
    'unavailable',
  ];
}

/** One response per status, shared by all operations that answer it with the same codes. */
function problemsOf(operation: Operation, responses: Record<string, Node>): Node {
  const codes = [...new Set(codesOf(operation))];
  const statuses = Map.groupBy(codes, (code) => errorCatalogue[code].status);
  const references = [...statuses].map(([status, alternatives]) => {
    const name = alternatives.join('-or-');
    responses[name] ??= problemResponse(alternatives);
    return [status, reference('responses', name)] as const;
  });
  return Object.fromEntries(references);
}

const problemResponse = (codes: readonly ErrorCode[]): Node => ({
  description: codes.map((code) => errorCatalogue[code].title).join('; or: '),
  headers: {
    'X-Request-Id': reference('headers', 'RequestId'),
    ...(codes.some((code) => code === 'too_many_requests' || code === 'unavailable') && {
      'Retry-After': reference('headers', 'RetryAfter'),
    }),
  },
  content: {
    'application/problem+json': {
      schema: reference('schemas', 'Problem'),
      examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
    },
  },
});

const exampleOf = (code: ErrorCode): Problem => ({
  type: `/problems/${code}`,
  ...errorCatalogue[code],
  code,
  detail: 'What happened here, and what to do next.',
  instance: '4bf92f3577b34da6a3ce929d0e0e4736',
  ...(code === 'invalid_input' && { issues: [{ path: 'due.zone', message: 'must be an IANA time zone' }] }),
});
