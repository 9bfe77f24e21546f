/**
 * The properties of `decide` over 100,000 random sequences of events each, and how many sequences it
 * takes until they notice each planted bug. `npm test` runs a part.
 *
 *     node -r ts-node/register packages/gitops/test/verdict/world/full-count.ts
 */
import fc from 'fast-check';
import { decide } from '../../../src/verdict';
import { mutants } from './mutants';
import { quietBecomesStable, staysSafe } from './properties';

const sequences = 100_000;

for (const [name, property] of Object.entries({ staysSafe, quietBecomesStable })) {
  const started = performance.now();
  fc.assert(property(decide), { numRuns: sequences });
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`${name}: ${sequences} sequences of events, none breaks an invariant (${seconds} s)`);
}

for (const { bug, mutant } of mutants) {
  const { failed, numRuns } = fc.check(staysSafe(mutant), { numRuns: sequences, endOnFailure: true });
  if (!failed) throw new Error(`nobody notices a controller that ${bug}`);
  console.log(`a controller that ${bug}: noticed at sequence ${numRuns}`);
}
