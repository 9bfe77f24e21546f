import { evidenceOf } from '../situation';
import type { Rule } from './rule';

/** Something fails, and a rollback wouldn’t cure it. */
export const notItsFault: Rule = ({ failures }) =>
  failures.length > 0 ? { do: 'hold', until: 'resumed', because: evidenceOf(failures) } : undefined;
