/**
 * Where in its period something recurs, by its name: 1 to `period` − 1 ms.
 *
 * Spread, so that what has the same period doesn't run at the same moment; and fixed, so that all
 * replicas mean the same ticks without talking to each other. FNV-1a.
 */
export function phaseOf(name: string, period: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return 1 + ((hash >>> 0) % (period - 1));
}
