import { setTimeout as pause } from 'node:timers/promises';
import { openLoop } from '../src/open-loop';

test('the rate is kept while a request is slow, and its slowness is counted', async () => {
  let answered = 0;
  const report = await openLoop({
    rate: 200,
    request: async (number) => {
      if (number === 0) await pause(300);
      answered += 1;
    },
    until: (sent) => sent === 40, // 200 ms at that rate: all are sent before the first is answered
  });
  expect(report).toMatchObject({ sent: 40, failures: [] });
  expect(answered).toBe(40);
  expect(Math.max(...report.latencies)).toBeGreaterThanOrEqual(295);
});

test('a request that fails is counted with its cause, and the others go on', async () => {
  const report = await openLoop({
    rate: 1000,
    request: (number) =>
      number === 3
        ? Promise.reject(new Error('fetch failed', { cause: new Error('ECONNRESET') }))
        : Promise.resolve(),
    until: (sent) => sent === 10,
  });
  expect(report.failures).toEqual([{ at: 3, error: 'fetch failed: ECONNRESET' }]);
  expect(report.latencies).toHaveLength(9);
});
