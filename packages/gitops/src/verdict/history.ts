import type { Quarantine } from '../environment';
import type { Release, ReleaseId } from '../release';
import type { Instant } from './instant';

/** A commit that gave the environment a release. */
export type Step = {
  /** What it runs since. */
  readonly release: Release;
  readonly at: Instant;
  /** The commit’s author; the controller’s own name for what it did. */
  readonly by: string;
} & (
  | { readonly kind: 'promotion' }
  /** By the controller or by hand: neither is ever taken back automatically. */
  | { readonly kind: 'rollback'; readonly of: ReleaseId }
);

/** What git knows about an environment, and the one thing that the controller remembers. */
export interface History {
  /** `<cluster>/<environment>` */
  readonly environment: string;
  /** Newest first: the first one says what runs now. Empty before the first release. */
  readonly steps: readonly Step[];
  /** The last release verified here. A rollback goes there and nowhere else. */
  readonly stable: Release | undefined;
  /**
   * Of every environment: what hurt in one comes to none. While this one has an entry, nothing comes
   * here by itself, until a person lifts it (`almanac resume`).
   */
  readonly quarantined: readonly (Quarantine & { readonly environment: string })[];
  /**
   * `since` of the last decision, if that was `verify`. Forgetting it (a new leader, a restart) is
   * safe: the release bakes anew.
   */
  readonly verifyingSince?: Instant | undefined;
}
