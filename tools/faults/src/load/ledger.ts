/** What a user can do with a task. */
export type Kind = 'create' | 'update' | 'complete' | 'reopen' | 'delete' | 'restore';

/**
 * What the client may believe of an operation:
 * - `acknowledged`: it was told that it is done;
 * - `refused`: it was told (4xx) that it is not, and no earlier try of it stayed without an answer;
 * - `unknown`: the connection broke, or the answer was "not now" (503): done or not.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

/** One wish of one user, however often it was sent. */
export interface Operation {
  /**
   * 32 hex digits. It travels as the trace id, which every event and every audit entry carries, so
   * that each effect names the wish it comes from.
   */
  readonly id: string;
  readonly userId: string;
  readonly kind: Kind;
  /** Null for a creation that isn't acknowledged. */
  taskId: string | null;
  outcome: Outcome;
  /** The version of the task that this operation made; known once it is acknowledged. */
  version: number | null;
  /** How often it was sent. */
  attempts: number;
}

/** What the clients sent and what they were told: the one side of the comparison. */
export interface Ledger {
  readonly operations: readonly Operation[];
  /** Answers that no fault excuses, in words. */
  readonly surprises: readonly string[];
}
