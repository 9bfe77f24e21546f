import { evidenceOf } from '../situation';
import type { Rule } from './rule';

/** A person switched auto-sync off to work by hand: report, and keep out of the way. */
export const handsOn: Rule = ({ seen, failures }) =>
  seen.application.autoSync
    ? undefined
    : { do: 'hold', until: 'resumed', because: [{ kind: 'hands-on' }, ...evidenceOf(failures)] };
