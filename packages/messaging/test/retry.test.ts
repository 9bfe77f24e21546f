import { backoff, defaultRetry } from '../src/retry';

const policy = { attempts: 10, firstDelay: 100, maxDelay: 5_000 };

test.each([
  [1, 50, 100],
  [2, 100, 200],
  [3, 200, 400],
  [6, 1_600, 3_200],
  [7, 2_500, 5_000],
  [100, 2_500, 5_000],
  [5_000, 2_500, 5_000],
])('after try %d the next comes in %d to %d ms', (attempt, least, most) => {
  expect(backoff(policy, attempt, 0)).toBe(least);
  expect(backoff(policy, attempt, 1)).toBe(most);
});

test('many that failed together don’t come back together', () => {
  const delays = new Set(Array.from({ length: 100 }, () => backoff(policy, 5)));
  expect(delays.size).toBeGreaterThan(50);
});

test('the usual tries take some seconds in all: other keys wait no longer for a partition', () => {
  const waits = Array.from({ length: defaultRetry.attempts - 1 }, (_, i) => backoff(defaultRetry, i + 1, 1));
  expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(10_000);
});
