import { toTraceparent, withTrace } from '@almanac/messaging';
import { createLogger } from '../src';

interface Line extends Record<string, unknown> {
  readonly error: Record<string, unknown>;
}

function record(level?: 'warn') {
  const lines: string[] = [];
  const logger = createLogger('sample', level, { write: (line) => void lines.push(line) });
  return { lines, logger, last: () => JSON.parse(lines.at(-1)!) as Line };
}

test('a line says when, how grave, which service and what', () => {
  const { logger, last } = record();
  logger.info({ user_id: 'u' }, 'it happened');
  expect(last()).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as string,
    level: 'info',
    service: 'sample',
    message: 'it happened',
    user_id: 'u',
  });
});

test('within a trace, a line carries its id', () => {
  const { logger, last } = record();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  withTrace(toTraceparent({ traceId, spanId: '00f067aa0ba902b7' }), () => logger.info('x'));
  expect(last()).toMatchObject({
    trace_id: traceId,
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
  });
});

test('what is below the level is not written', () => {
  const { logger, lines } = record('warn');
  logger.info('x');
  expect(lines).toEqual([]);
});

test.each([
  ['itself', { password: 'hunter2' }],
  ['in an object', { account: { password: 'hunter2' } }],
  ['deep in an object', { a: { b: { c: { d: { sessionToken: 'hunter2' } } } } }],
  [
    'in headers',
    { headers: { Authorization: 'Bearer hunter2', cookie: 'session=hunter2', 'set-cookie': ['hunter2'] } },
  ],
  [
    'in a list',
    { accounts: [{ accessToken: 'hunter2' }, { refresh_token: 'hunter2' }, { clientSecret: 'hunter2' }] },
  ],
  ['out of sight', { a: { b: { c: { d: { e: { f: { g: { h: 'hunter2' } } } } } } } }],
])('a secret is not written, %s', (_where, object) => {
  const { logger, lines } = record();
  logger.info(object, 'x');
  expect(lines[0]).toContain('…');
  expect(lines[0]).not.toContain('hunter2');
});

test('an error is written with its cause and code, without the data that it carries', () => {
  const { logger, last, lines } = record();
  const cause = Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(ada@example.org) exists' });
  const error = Object.assign(new Error('not stored', { cause }), { code: '23505', parameters: ['hunter2'] });
  logger.error({ error }, 'failed');
  expect(last().error).toEqual({
    type: 'Error',
    message: 'not stored: duplicate key',
    code: '23505',
    stack: expect.stringMatching(/Error: not stored[^]+caused by: Error: duplicate key/) as string,
  });
  expect(lines[0]).not.toMatch(/hunter2|ada@example/);
});

test('what was thrown without being an error is written as it is', () => {
  const { logger, last } = record();
  logger.error({ error: 'just a text', at: new Date(0) }, 'failed');
  expect(last()).toMatchObject({ error: 'just a text', at: '1970-01-01T00:00:00.000Z' });
});
