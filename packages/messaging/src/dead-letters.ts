import type { CloudEvent, Topic } from '@almanac/contracts';

/** An event that a group could not handle, with what is needed to understand and repeat it. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly topic: Topic;
  readonly key: string;
  readonly attempts: number;
  /** The last error: its message and stack. */
  readonly error: string;
  readonly failedAt: string;
  readonly event: CloudEvent;
}

/** The dead letters of all groups: the way back for what went wrong. */
export interface DeadLetters {
  /** Oldest first, at most `limit`. */
  list(filter: { group?: string; topic?: Topic; limit: number }): Promise<DeadLetter[]>;
  /** Gives one to its group again, behind whatever of its key waits; false when it is not there. */
  redrive(id: string): Promise<boolean>;
  /** Gives one up for good; it is kept with the reason, and listed no more. False when it is not there. */
  discard(id: string, reason: string): Promise<boolean>;
}
