import { setTimeout as pause } from 'node:timers/promises';
import { applying, type Kubectl } from '../kubectl';
import { run } from '../processes';

/** The kinds of some resources are defined by others of the same folder: they are known a moment later. */
const kindIsMissing =
  /no matches for kind|ensure CRDs are installed first|could not find the requested resource/;

const tries = 10;

/** ms: a kind is served a moment after it is established. */
const moment = 500;

/**
 * Applies a folder of manifests, and again until the kinds that it defines are known.
 *
 * @param programs a folder whose programs come before those of PATH: there may be a `git` that knows mirrors
 */
export const applyFolder = async (kubectl: Kubectl, folder: string, programs?: string): Promise<void> => {
  const command = [...kubectl.command, ...applying, '-k', folder];
  const [file = '', ...args] =
    programs === undefined ? command : ['sh', '-c', 'PATH="$0:$PATH" exec "$@"', programs, ...command];
  for (let tried = 1; ; tried += 1) {
    try {
      await run(file, args);
      return;
    } catch (error) {
      if (!kindIsMissing.test((error as Error).message) || tried === tries) throw error;
      await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
      await pause(moment);
    }
  }
};
