import type { StepResult } from './step';

/** @param ms a duration in milliseconds */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * What a run comes to: everything that failed, by name, and the count as the last line.
 *
 * @param ms how long it took
 */
export function summary(
  results: readonly StepResult[],
  ms: number,
): { lines: readonly string[]; ok: boolean } {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failures = results.flatMap((result) => result.failures);
  if (passed + failures.length === 0) failures.push('nothing was run: no test file has such a path');
  return {
    lines: [
      ...failures.map((failure) => `failed: ${failure}`),
      `took ${seconds(ms)}`,
      `${passed} passed, ${failures.length} failed`,
    ],
    ok: failures.length === 0,
  };
}
