import type { Seconds } from './instant';

/** How patient an environment is, and who decides there. */
export interface Policy {
  /** `ask-first`: a release that failed stays until a person takes it back. */
  readonly rollback: 'automatic' | 'ask-first';
  /** How long something has to go wrong before it counts: a blip is no verdict, and a common cause has to show. */
  readonly settle: Seconds;
  /** How long a release has to run without fault until it is stable. */
  readonly bake: Seconds;
  /** How long after its promotion a release has to be verified at the latest; also for workloads that declare no deadline. */
  readonly deadline: Seconds;
  /**
   * A failure older than this is no longer taken back: people work on it by now, or live with it.
   * Failures that began within this time of each other may have one cause.
   */
  readonly window: Seconds;
  /** So many restarts of a container are a crash loop, also where the kubelet doesn’t call it one yet. */
  readonly restarts: number;
}
