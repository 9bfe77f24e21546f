import type { CloudEvent, Topic } from '@almanac/contracts';

/** An event on its way: where it goes, and the key within which it stays in order. */
export interface Message {
  readonly topic: Topic;
  readonly key: string;
  readonly event: CloudEvent;
}

export interface Delivery {
  /** 1 for the first try. */
  readonly attempt: number;
  readonly topic: Topic;
  readonly key: string;
}

/** Handles one event; a throw means: try again later. */
export type Handler = (event: CloudEvent, delivery: Delivery) => Promise<void>;

export interface Subscription {
  /** Each event reaches each group; within a group, one member. */
  readonly group: string;
  readonly topics: readonly Topic[];
  readonly handle: Handler;
}

export interface Running {
  /** Takes no more events and waits for those in hand. */
  stop(): Promise<void>;
}

/**
 * Carries events between services.
 *
 * At least once; in order per key, over retries, crashes and rebalances. A message whose handler
 * keeps failing goes to the dead letters after its tries, and then its key goes on; other keys don't
 * wait for it. A failure that is transient by {@link isTransient} doesn't count as a try: a database
 * that is away for a minute must not fill the dead letters.
 */
export interface EventBus {
  /** Resolves when all messages are safe with the bus. Messages of one key keep the order given. */
  publish(messages: readonly Message[]): Promise<void>;
  subscribe(subscription: Subscription): Promise<Running>;
}

export interface LoggedEvent {
  readonly position: number;
  readonly event: CloudEvent;
}

/** Reads what was published, from any point: for projections and for audit. */
export interface EventLog {
  /** Up to `limit` events of one partition after `position`, oldest first; 0 is the beginning. */
  read(topic: Topic, partition: number, position: number, limit: number): Promise<LoggedEvent[]>;
}
