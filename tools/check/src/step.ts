import type { Options } from './options';

/** What is wrong, as a line of the summary. */
export type Failure = string;

export interface StepResult {
  /** Checks or tests that passed. */
  readonly passed: number;
  /** One for each check or test that didn't. */
  readonly failures: readonly Failure[];
  /** What the reader needs to see of it, where the step hasn't said it already. */
  readonly output?: string;
}

export interface StepContext {
  /** The repository's root. */
  readonly root: string;
  readonly options: Options;
  /** A folder of this run, for what one step leaves for another. */
  readonly scratch: string;
  /** Prints a line at once: the progress of something long. */
  readonly say: (line: string) => void;
}

export interface Step {
  readonly name: string;
  /** What it looks at, for `--help`. */
  readonly about: string;
  readonly run: (context: StepContext) => Promise<StepResult>;
}

export const pass: StepResult = { passed: 1, failures: [] };

export const fail = (failure: Failure, output = ''): StepResult => ({
  passed: 0,
  failures: [failure],
  output,
});
