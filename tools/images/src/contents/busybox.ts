import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executable, link, type Entry } from '../oci/entry';

/** Debian's busybox in `/bin`, with a link for each of its commands: a shell and what scripts call. */
export async function busybox(): Promise<readonly Entry[]> {
  const { stdout } = await promisify(execFile)('/bin/busybox', ['--list']);
  const commands = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  return [
    executable('/bin/busybox', '/bin/busybox'),
    ...commands.map((name) => link(`/bin/${name}`, 'busybox')),
  ];
}
