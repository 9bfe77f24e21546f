import { InvalidFile } from '@almanac/gitops';
import { Refused } from './delivery/carry-out';
import { buildProgram } from './program';

buildProgram({ out: process.stdout, err: process.stderr, in: process.stdin })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`almanac: ${error instanceof Error ? error.message : String(error)}`);
    const foundWrong = error instanceof Refused || error instanceof InvalidFile;
    process.exitCode ??= foundWrong ? 2 : 1;
  });
