import type { Container, Evidence, History, Instant, Policy } from '../../../src/verdict';
import { at, type Happening } from '../support/cluster';

/** A situation, a minute after the promotion unless it says otherwise, and what is to be said of it. */
export interface Fault {
  readonly name: string;
  readonly seen: readonly Happening[];
  readonly now?: Instant;
  readonly past?: Partial<History>;
  readonly policy?: Partial<Policy>;
  /** All of the evidence, in its order; of each what matters. */
  readonly because: readonly ({ readonly kind: Evidence['kind'] } & Readonly<Record<string, unknown>>)[];
}

export const waiting = (reason: string, message = ''): Partial<Container> => ({
  waiting: { reason, message },
  failingSince: at(20),
});

export const crashing: Partial<Container> = {
  restarts: 3,
  lastExit: { code: 1, reason: 'Error' },
  ...waiting('CrashLoopBackOff', 'back-off 20s'),
};

/** What crashes in the fixture, and its name in evidence. */
export const api = 'Deployment/task-api';
