import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executable, type Entry } from '../oci/entry';

const run = promisify(execFile);

/**
 * The shared libraries that programs of this machine need, at the paths where the loader looks for them.
 *
 * @param programs dynamically linked ones; a static one needs none
 * @param own folder of libraries that the image has at another place anyway
 */
export async function librariesOf(programs: readonly string[], own?: string): Promise<readonly Entry[]> {
  const found = new Set<string>();
  for (const program of programs) {
    // A static program isn't a failure: ldd says so and ends with 1.
    const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
    if (stdout.includes('not found'))
      throw new Error(`${program} misses libraries on this machine:\n${stdout}`);
    for (const line of stdout.split('\n')) {
      const path = /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1];
      if (path && !(own && path.startsWith(own))) found.add(path);
    }
  }
  return [...found].map((path) => executable(path, path));
}
