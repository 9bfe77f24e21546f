import { percentile, spread } from '../src/percentile';

test('a percentile is one of the sample, by nearest rank', () => {
  expect([0, 0.5, 0.95, 1].map((share) => percentile([4, 1, 3, 2], share))).toEqual([1, 2, 4, 4]);
  expect(percentile([], 0.5)).toBeNaN();
});

test('a spread reads in seconds', () => {
  expect(spread([120, 100, 1400])).toBe('p50 0.12 s, p95 1.40 s, n = 3');
});
