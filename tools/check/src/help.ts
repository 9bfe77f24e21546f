import type { SuiteName } from './options';
import type { Step } from './step';

const commands: Readonly<Record<SuiteName, string>> = {
  local: 'npm test',
  platform: 'npm run test:platform',
};

const example = (suite: SuiteName, rest: string, meaning: string): string =>
  `${`${commands[suite]}${rest}`.padEnd(40)}${meaning}`;

export const help = (suite: SuiteName, steps: readonly Step[]): string => `${[
  example(suite, '', 'runs everything'),
  example(suite, ' -- promotion', 'runs the tests whose path contains “promotion”'),
  example(suite, ` -- --only ${steps.at(-1)?.name}`, 'runs this step; several with commas between'),
].join('\n')}

The steps:
${steps.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}

The last line says how many checks and tests passed and failed; the exit code is 0 when none failed.
A test that is skipped or still to do counts as failed. On a whole run, so does a package or service
of whose lines the tests run less than 80 %.`;
