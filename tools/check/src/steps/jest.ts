import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runTool } from '../child';
import type { Step, StepContext, StepResult } from '../step';

/** The part of jest's `--json` that says how it went. */
export interface JestReport {
  readonly testResults: readonly {
    /** The test file. */
    readonly name: string;
    readonly status: 'passed' | 'failed' | 'skipped' | 'focused';
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A test that didn't run hasn't shown anything: skipped and todo tests count as failed. */
const verdicts: Readonly<Record<string, string>> = {
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  disabled: 'skipped',
  todo: 'still to do',
};

/** Counts what jest reports, each test for itself. */
export function countTests(project: string, root: string, { testResults }: JestReport): StepResult {
  const name = (file: string, rest: string) => `${project}: ${relative(root, file)}: ${rest}`;
  const tests = testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map((test) => ({ file, ...test })),
  );
  const notPassed = tests
    .filter(({ status }) => status !== 'passed')
    .map(({ file, fullName, status }) => name(file, `${fullName} (${verdicts[status] ?? status})`));
  const notRun = testResults
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((t) => t.status === 'failed'),
    )
    .map(({ name: file }) => name(file, 'the file could not be run'));
  return { passed: tests.length - notPassed.length, failures: [...notPassed, ...notRun] };
}

/** Where a project's run leaves which lines it ran. */
export const coverageFolder = (scratch: string, project: string): string =>
  join(scratch, 'coverage', project);

const noise =
  /^(Running one project:|No tests found|Test results written to:|Ran all test suites|Snapshots:|Time:|Test Suites:|Tests:|\s*$)/;

function jestArguments(
  project: string,
  extra: readonly string[],
  { scratch, options }: StepContext,
): string[] {
  const coverage = [
    '--coverage',
    '--coverageReporters=json',
    `--coverageDirectory=${coverageFolder(scratch, project)}`,
    ...extra,
  ];
  return [
    '--ci',
    `--selectProjects=${project}`,
    '--json',
    `--outputFile=${join(scratch, `${project}.json`)}`,
    ...(options.coverage ? coverage : ['--passWithNoTests']),
    ...(options.color ? ['--colors'] : []),
    ...options.patterns,
  ];
}

interface JestStepOptions {
  readonly about: string;
  /** How many test files at a time; as many as there are cores by default. */
  readonly workers?: number;
  /** Passed on to jest when coverage is counted. */
  readonly coverage?: readonly string[];
}

/** jest's word for a test that left a timer, a connection or a process behind; it waits for ever then. */
const hangs = /^Jest did not exit one second after/;

/** One of the projects of jest.config.ts. Its lines are shown as they come. */
export const jestStep = (
  project: string,
  { about, workers = availableParallelism(), coverage = [] }: JestStepOptions,
): Step => ({
  name: project,
  about,
  run: async (context) => {
    const { root, scratch, say } = context;
    const args = [`--maxWorkers=${workers}`, ...jestArguments(project, coverage, context)];
    const onLine = (line: string) => {
      if (!noise.test(stripVTControlCharacters(line))) say(line);
    };
    const { code, hung } = await runTool('jest', args, { cwd: root, onLine, hangs });
    const report = join(scratch, `${project}.json`);
    const { passed, failures } = existsSync(report)
      ? countTests(project, root, JSON.parse(readFileSync(report, 'utf8')) as JestReport)
      : { passed: 0, failures: [] };
    if (hung)
      return { passed, failures: [...failures, `${project}: a test left something running, see above`] };
    if (code === 0 || failures.length > 0) return { passed, failures };
    return { passed, failures: [`${project}: jest ended with code ${code}, see above`] };
  },
});
