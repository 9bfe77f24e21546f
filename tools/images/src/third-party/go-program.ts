import { program, type ProgramName } from '@almanac/kubernetes';
import { accounts, nonroot, userOf } from '../contents/accounts';
import { certificates } from '../contents/debian';
import { executable, type Entry } from '../oci/entry';
import { path, type ThirdParty } from './third-party';

const readable = (file: string): Entry => ({ kind: 'copy', path: file, from: file, mode: 0o644 });

/**
 * An image with one program that is built of a Go module, and nothing else but certificates.
 *
 * @param at where the program is, which is the entrypoint as well
 */
export const goProgram = (name: ProgramName, at: string): ThirdParty => ({
  madeOf: `the Go module in tools/kubernetes that builds ${name}`,
  debian: ['ca-certificates'],
  contents: async () => [executable(at, await program(name)), readable(certificates), ...accounts(nonroot)],
  config: { Entrypoint: [at], Env: [path], User: userOf(nonroot), WorkingDir: '/' },
});
