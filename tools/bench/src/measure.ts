import { readFileSync } from 'node:fs';

/** Milliseconds of CPU a process has used, in user and kernel mode; Linux only (proc_pid_stat(5)). */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks * 10; // USER_HZ is 100 on every Linux that Node runs on
}

export interface Figure {
  readonly what: string;
  readonly value: string;
  /** What it should be, from the project's goals. */
  readonly aim?: string;
  /** Whether the aim is met; none where there is no aim. */
  readonly met?: boolean;
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
