import { validate } from '@readme/openapi-parser';
import { z } from 'zod';
import { apiCatalogue, defineApi, openApiDocument, pathOf } from '../src';

interface Described {
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: unknown }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, { headers?: object; content?: object; $ref?: string }>>;
  readonly requestBody?: unknown;
}

const document = openApiDocument();
const paths = document.paths as Record<string, Record<string, Described>>;
const components = document.components as Record<string, Record<string, object>>;
const operation = (method: string, path: string) => paths[path]![method]!;

test('the document is valid OpenAPI 3.1', async () => {
  const result = await validate(structuredClone(document) as never);
  expect(result).toMatchObject({ valid: true, warnings: [] });
});

test('every operation of every API is described', () => {
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const defined = apiCatalogue.flatMap((api) =>
    Object.values(api.operations).map(
      (row) => `${row.method} ${pathOf(api, row).replace(/:(\w+)/g, '{$1}')}`,
    ),
  );
  expect(described.sort()).toEqual(defined.sort());
  expect(described).toContain('POST /api/v1/tasks/{id}/complete');
});

test('an operation says which scope it needs, or that a cookie or nothing will do', () => {
  expect(operation('get', '/api/v1/tasks').security).toEqual([{ accessToken: ['tasks:read'] }]);
  expect(operation('post', '/api/v1/auth/refresh').security).toEqual([{ session: [] }]);
  expect(operation('post', '/api/v1/auth/sign-in').security).toEqual([]);
});

test('parameters and headers are described, with what must be given', () => {
  const required = (method: string, path: string) =>
    Object.fromEntries(
      operation(method, path).parameters!.map((parameter) => [
        `${parameter.in} ${parameter.name}`,
        parameter.required,
      ]),
    );
  expect(required('patch', '/api/v1/tasks/{id}')).toEqual({ 'path id': true, 'header If-Match': true });
  expect(required('delete', '/api/v1/tasks/{id}')).toEqual({ 'path id': true, 'header If-Match': false });
  expect(required('post', '/api/v1/tasks')).toEqual({ 'header Idempotency-Key': false });
  expect(required('get', '/api/v1/tasks')).toMatchObject({ 'query limit': false, 'query priority': false });
  const limit = operation('get', '/api/v1/tasks').parameters!.find(({ name }) => name === 'limit')!;
  expect(limit.schema).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
});

test('every problem that an operation can answer is named by its code', () => {
  const codesOf = (method: string, path: string) =>
    Object.values(operation(method, path).responses)
      .filter(({ $ref }) => $ref !== undefined)
      .flatMap(({ $ref }) => {
        const { content } = components.responses![$ref!.split('/').pop()!] as {
          content: Record<string, { examples: object }>;
        };
        return Object.keys(content['application/problem+json']!.examples);
      });
  expect(codesOf('patch', '/api/v1/tasks/{id}').sort()).toEqual([
    'body_too_large',
    'forbidden',
    'internal',
    'invalid_input',
    'invalid_token',
    'malformed_request',
    'not_found',
    'precondition_required',
    'too_many_requests',
    'unauthenticated',
    'unavailable',
    'unsupported_media_type',
    'version_mismatch',
  ]);
  expect(codesOf('post', '/api/v1/auth/sign-up')).toContain('email_taken');
  expect(codesOf('get', '/api/v1/tasks')).toContain('invalid_cursor');
});

test('an answer with a version has an ETag, and can be asked for only if it changed', () => {
  const { responses, parameters } = operation('get', '/api/v1/tasks/{id}');
  expect(responses['200']!.headers).toHaveProperty('ETag');
  expect(responses).toHaveProperty('304');
  expect(parameters!.map(({ name }) => name)).toContain('If-None-Match');
  expect(operation('get', '/api/v1/account').responses['200']!.headers).not.toHaveProperty('ETag');
});

test('what is sent may not have unknown fields, what is answered may grow', () => {
  expect(components.schemas!.CreateTask).toMatchObject({
    required: ['title'],
    additionalProperties: false,
  });
  expect(components.schemas!.Task).not.toHaveProperty('additionalProperties');
});

test('a schema that is not the same sent and answered is refused: it needs two ids', () => {
  const Thing = z.object({ size: z.int().default(1) }).meta({ id: 'TestThing' });
  const api = {
    method: 'POST',
    path: '/',
    summary: 'x',
    scope: 'public',
    body: Thing,
    output: Thing,
  } as const;
  const before = apiCatalogue.length;
  const things = defineApi('Things', '/things', { make: api });
  apiCatalogue.length = before;
  expect(() => openApiDocument([things])).toThrow('TestThing differs');
});
