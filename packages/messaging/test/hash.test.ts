import { newId } from '@almanac/kernel';
import { hash32 } from '../src/hash';

test('a key has the same hash on every machine and for good', () => {
  expect(['', 'a', 'key-1', 'Ærø 🌊'].map(hash32)).toEqual([
    447_753_804, 187_503_396, 2_117_574_670, 3_873_611_992,
  ]);
});

test.each([
  ['random ids', newId],
  ['numbered names', (i: number) => `user-${i}`],
  ['names that end alike', (i: number) => `${i}@example.org`],
])('%s spread evenly over 8 partitions and over 16 lanes', (_what, keyOf) => {
  const count = 16_000;
  const keys = Array.from({ length: count }, (_, i) => keyOf(i));
  for (const buckets of [8, 16]) {
    const sizes = Array<number>(buckets).fill(0);
    for (const key of keys) sizes[hash32(key) % buckets]! += 1;
    for (const size of sizes) expect(Math.abs(size / (count / buckets) - 1)).toBeLessThan(0.15);
  }
});
