import { appendFileSync } from 'node:fs';
import { spread } from '@almanac/testkit';
import { platform } from './platform';

/** Keeps a figure that was measured on the way; all are printed when the tests are over. */
export const note = (what: string, value: string): void => {
  appendFileSync(platform().figures, `${what.padEnd(58)} ${value}\n`);
};

/** @param sample milliseconds */
export const noteTimes = (what: string, sample: readonly number[]): void => note(what, spread(sample));
