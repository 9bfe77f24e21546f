import fc from 'fast-check';
import { decide } from '../../src/verdict';
import { alsoPlanned } from './world/also-planned';
import { mutants } from './world/mutants';
import { quietBecomesStable, staysSafe } from './world/properties';

// A part of the 100,000 sequences of `full-count.ts`; each run takes others.
test('whatever happens, at most one rollback per release, never of a rollback, never to what is not verified', () => {
  fc.assert(staysSafe(decide), { numRuns: 300 });
});

test('what is decided can be written: one path, and the release that was meant', () => {
  fc.assert(staysSafe(alsoPlanned(decide)), { numRuns: 50 });
});

test('a quiet environment becomes Stable', () => {
  fc.assert(quietBecomesStable(decide), { numRuns: 100 });
});

describe('the properties notice a controller that', () => {
  test.each(mutants)('$bug', ({ mutant, breaks, story }) => {
    fc.assert(staysSafe(decide), { examples: [[story]], numRuns: 1 });
    const { failed, errorInstance } = fc.check(staysSafe(mutant), { examples: [[story]], numRuns: 1 });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(breaks);
  });
});
