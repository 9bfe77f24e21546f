/** Why a plan is not carried out. */
export type RefusalCode =
  | 'unknown-environment'
  | 'nothing-released'
  | 'already-there'
  | 'quarantined'
  | 'not-quarantined'
  | 'skips'
  | 'unverified'
  | 'contract-step'
  | 'follows-nothing'
  | 'older'
  | 'held'
  | 'unknown-release'
  | 'nowhere-to-return'
  | 'moved-on';

/** A plan that isn't made, and why. Refusing is an answer, not an error. */
export interface Refusal {
  readonly do: 'refuse';
  readonly code: RefusalCode;
  readonly because: string;
  /** What would help: a command, or what to do. */
  readonly instead?: string;
}

export const refuse = (code: RefusalCode, because: string, instead?: string): Refusal => ({
  do: 'refuse',
  code,
  because,
  ...(instead !== undefined && { instead }),
});
