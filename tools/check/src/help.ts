import type { Step } from './step';

export const help = (steps: readonly Step[]): string => `npm test                          runs everything
npm test -- reminders             runs the tests whose path contains “reminders”
npm test -- --only lint,unit      runs these steps

The steps:
${steps.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}

The last line says how many checks and tests passed and failed; the exit code is 0 when none failed.
A test that is skipped or still to do counts as failed. On a whole run, so does a package or service
of whose lines the tests run less than 80 %.`;
