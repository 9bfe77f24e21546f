import { readFile } from 'node:fs/promises';
import type { MemoryUse } from '../provider';
import { processesOf } from './cgroups';
import type { Layout } from './layout';

/** Shared pages count in every process that has them: the sum is a little too high, never too low. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * What each of the cluster's processes on this machine takes, then its pods together with what holds them.
 * @param processes name → pid
 */
export async function memoryOf(
  layout: Layout,
  processes: ReadonlyMap<string, number>,
): Promise<readonly MemoryUse[]> {
  const named = await Promise.all(
    [...processes].map(async ([name, pid]) => ({ name, bytes: await residentBytes(pid) })),
  );
  const pids = new Set(processes.values());
  const others = (await processesOf(layout)).filter((pid) => !pids.has(pid));
  return [...named, { name: 'pods', bytes: sum(await Promise.all(others.map(residentBytes))) }];
}
