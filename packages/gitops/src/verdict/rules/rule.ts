import type { Decision } from '../decision';
import type { Situation } from '../situation';

/** Decides, or leaves it to the next rule. */
export type Rule = (at: Situation) => Decision | undefined;
