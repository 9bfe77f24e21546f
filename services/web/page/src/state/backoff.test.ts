import { backoff } from './backoff';

test('tries wait twice as long each time, up to half a minute, and never all the same', () => {
  expect([0, 1, 2, 6, 7, 100].map((attempt) => backoff(attempt, 1))).toEqual([
    500, 1000, 2000, 30_000, 30_000, 30_000,
  ]);
  expect(backoff(0, 0)).toBe(250);
  expect(backoff(1000, 0)).toBe(15_000);
});
