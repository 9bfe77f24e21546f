import type { Topic } from '@almanac/contracts';
import type { DeadLetters, EventBus, RetryPolicy } from '../src';

/** One process's connection to a bus. */
export interface Participant extends EventBus {
  stop(): Promise<void>;
}

/** Tries are three and retries come within milliseconds, unless `retry` says otherwise. */
export type Connect = (connection: unknown, options?: { retry?: RetryPolicy }) => Promise<Participant>;

/** A bus of its own for one test, with nothing on it. */
export interface BusEnvironment {
  /** Path of a module that exports `connect`; and what to call it with, as JSON. */
  readonly adapter: string;
  readonly connection: unknown;
  readonly deadLetters: DeadLetters;
  /** Cuts every connection to the broker, once. */
  cutConnections(): Promise<void>;
  dispose(): Promise<void>;
}

/** What an adapter can't do is said by the reason, and read in the report. */
export interface Capabilities {
  /** Events of one key stay in order. */
  readonly ordered: true | string;
  /** All messages of a `publish` are on the bus, or none. */
  readonly atomicBatches: true | string;
}

/** What the conformance suite tells a member that is a process of its own. */
export interface MemberOptions {
  /** Path of a module whose `connect` makes the bus. */
  readonly adapter: string;
  readonly connection: unknown;
  readonly group: string;
  readonly topics: readonly Topic[];
}
