import type { SuiteName } from '../options';
import type { Step } from '../step';
import { browser } from './browser';
import { commandStep } from './command';
import { dependencies } from './dependencies';
import { jestStep } from './jest';
import { programs } from './programs';

/** Each kind of test, in the order they run: what is quick to fail comes first. */
export const projects: readonly string[] = ['unit', 'integration', 'e2e', 'platform'];

const checks: readonly Step[] = [
  commandStep('types', 'tsc: every project', 'tsc', ['-b']),
  commandStep('lint', 'eslint: every file, with its types', 'eslint', ['.']),
  commandStep('format', 'prettier', 'prettier', ['--check', '--log-level=warn', '.']),
  commandStep('architecture', 'dependency-cruiser: who may import whom', 'depcruise', [
    ...['packages', 'services', 'tools', 'tests'],
  ]),
  commandStep('unused', 'knip: files, exports and dependencies nobody uses', 'knip', ['--no-progress']),
  commandStep('generated', 'generated files are up to date', 'ts-node', [
    ...['tools/generate/src/main.ts', '--check'],
  ]),
  dependencies,
];

const tests: readonly Step[] = [
  jestStep('unit', {
    about: 'tests of nothing but code: *.test.ts',
    // Files no test loads count as well. A page's components (.tsx) don't: they run in the browser only.
    coverage: ['--collectCoverageFrom={packages,services}/*/{src,page/src}/**/*.ts'],
  }),
  jestStep('integration', { about: 'tests with PostgreSQL and other real parts: *.int.test.ts' }),
  browser,
  jestStep('e2e', { about: 'tests of the page in a real browser: *.e2e.test.ts', workers: 1 }),
];

const platform: readonly Step[] = [
  programs,
  jestStep('platform', { about: 'tests on a real cluster: *.platform.test.ts', workers: 1 }),
];

/** The queues of a suite run side by side; within each, one step after the other. */
export const suites: Readonly<Record<SuiteName, readonly (readonly Step[])[]>> = {
  local: [checks, tests],
  platform: [platform],
};
