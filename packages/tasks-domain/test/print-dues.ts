import { dueAt } from '../src';
import { dueTimes } from './due-times';

/** Prints what due times are, as this process's time zone has it: for due.test.ts, which runs it in several. */
console.log(JSON.stringify(dueTimes.map(([local, zone]) => dueAt({ local, zone }).at)));
