import { readFile } from 'node:fs/promises';
import { run } from './run';

/** Fields of /proc/<pid>/stat after the program's name, which may hold spaces and brackets; see proc(5). */
const fields = { state: 0, startTime: 19 };

/** Processes that have ended but that nobody has asked about yet. */
const isDead = (state: string): boolean => state === 'Z' || state === 'X';

const bootId = (): Promise<string> => readFile('/proc/sys/kernel/random/boot_id', 'utf8');

async function onLinux(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (isDead(values[fields.state]!)) return null;
  return `${(await bootId()).trim()}/${values[fields.startTime]!}`;
}

async function elsewhere(pid: number): Promise<string | null> {
  const line = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => '');
  const [state = '', ...started] = line.trim().split(/\s+/);
  return started.length === 0 || isDead(state.charAt(0)) ? null : started.join(' ');
}

/**
 * When the process with this pid began, in a form that is only good for comparing: a pid alone is used again
 * by another process one day, a pid and its beginning never.
 * @returns null if there is no such process
 */
export const beginningOf = (pid: number): Promise<string | null> =>
  process.platform === 'linux' ? onLinux(pid) : elsewhere(pid);
