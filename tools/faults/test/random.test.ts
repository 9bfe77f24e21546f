import { createRandom } from '../src/random';

const choices = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 1_000 }, () => random.below(10));
};

test('a seed gives the same choices again, another one others', () => {
  expect(choices(4711)).toEqual(choices(4711));
  expect(choices(4712)).not.toEqual(choices(4711));
});

test('all choices come up, about equally often', () => {
  const counts = Object.values(Object.groupBy(choices(1), String)).map((same) => same!.length);
  expect(counts).toHaveLength(10);
  expect(Math.min(...counts)).toBeGreaterThan(60);
});

test('what is forked does not depend on how often the other one is asked', () => {
  const fork = (asked: number) => {
    const random = createRandom(7);
    const forked = random.fork();
    for (let i = 0; i < asked; i++) random.below(2);
    return forked.below(1_000_000);
  };
  expect(fork(0)).toBe(fork(5));
});
