import { appendFileSync } from 'node:fs';
import { platform } from './platform';

/** The value that `share` of the sample does not exceed (nearest rank). */
const percentile = (sample: readonly number[], share: number): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
};

/** Keeps a figure that was measured on the way; all are printed when the tests are over. */
export const note = (what: string, value: string): void => {
  appendFileSync(platform().figures, `${what.padEnd(58)} ${value}\n`);
};

/** @param sample milliseconds */
export const noteTimes = (what: string, sample: readonly number[]): void => {
  const seconds = (share: number) => `${(percentile(sample, share) / 1000).toFixed(2)} s`;
  note(what, `p50 ${seconds(0.5)}, p95 ${seconds(0.95)}, n = ${sample.length}`);
};
