/** The value that `share` of the sample does not exceed (nearest rank). */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Half and nearly all of a sample, for a reader: `p50 0.12 s, p95 1.40 s, n = 10`. @param sample milliseconds */
export function spread(sample: readonly number[]): string {
  const seconds = (share: number) => `${(percentile(sample, share) / 1000).toFixed(2)} s`;
  return `p50 ${seconds(0.5)}, p95 ${seconds(0.95)}, n = ${sample.length}`;
}
