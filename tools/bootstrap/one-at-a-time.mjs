import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // it does, as somebody else
  }
}

/** The pid in `file`; NaN when there is none. */
function ownerOf(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return NaN;
  }
}

function take(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Runs `task` while no other process runs one of the same `file`; waits for it if need be.
 *
 * @param {string} file holds the number of the process at work; left behind by one that was killed
 * @param {() => Promise<void>} task
 */
export async function oneAtATime(file, task) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file);) {
    const pid = ownerOf(file);
    if (Number.isNaN(pid) || isRunning(pid)) {
      if (!told) console.error(`  Waiting for process ${pid}, which does the same (see ${file}) …`);
      told = true;
      await sleep(200);
    } else rmSync(file, { force: true });
  }
  process.once('exit', () => rmSync(file, { force: true }));
  await task();
  rmSync(file, { force: true });
}
