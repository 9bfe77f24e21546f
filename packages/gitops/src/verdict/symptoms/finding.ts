import type { Symptom } from '../evidence';

/** A symptom, and what tells whose fault it is. */
export interface Finding {
  readonly symptom: Symptom;
  /** Whether it shows on something that the release changed. */
  readonly changed: boolean;
  /**
   * It shows on pods that the release replaces. They are a control group: their failures aren’t judged,
   * but tell about the cause of others.
   */
  readonly leaving?: true;
  /** Of the pods it shows on; undefined for one that waits for a node. */
  readonly nodes: readonly (string | undefined)[];
}
