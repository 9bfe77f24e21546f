import { currentTrace, toTraceparent, traceIdOf, withTrace } from '../src';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

test('what runs in a trace knows it, also after waiting; what runs outside knows none', async () => {
  const seen = await withTrace(traceparent, async () => {
    await Promise.resolve();
    return currentTrace();
  });
  expect(seen).toEqual({ traceId, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string });
  expect(seen?.spanId).not.toBe('00f067aa0ba902b7'); // a step of its own
  expect(currentTrace()).toBeUndefined();
});

test('a trace goes on in what is sent, and is found again', () => {
  const sent = withTrace(traceparent, () => toTraceparent(currentTrace()!));
  expect(traceIdOf(sent)).toBe(traceId);
});

test('traces that run at the same time don’t mix', async () => {
  const other = traceparent.replaceAll('4bf9', '4bfa');
  const ids = await Promise.all(
    [traceparent, other].map((parent) =>
      withTrace(parent, async () => {
        await new Promise(setImmediate);
        return currentTrace()?.traceId;
      }),
    ),
  );
  expect(ids).toEqual([traceparent, other].map(traceIdOf));
});

test.each([
  undefined,
  '',
  'nonsense',
  `01-${traceId}-00f067aa0ba902b7-01`,
  `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `${traceparent}-more`,
])('a trace begins anew where %p is no traceparent', (parent) => {
  expect(traceIdOf(parent)).toBeNull();
  const fresh = withTrace(parent, currentTrace)?.traceId;
  expect(fresh).toMatch(/^[0-9a-f]{32}$/);
  expect(fresh).not.toBe(traceId);
});
