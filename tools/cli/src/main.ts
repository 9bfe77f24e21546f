import { buildProgram } from './program';

buildProgram({ out: process.stdout, err: process.stderr })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`almanac: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
