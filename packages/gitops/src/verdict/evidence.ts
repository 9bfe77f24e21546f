import type { ReleaseId } from '../release';
import type { Instant, Seconds } from './instant';
import type { Trouble } from './trouble';

/** Something that goes wrong. */
export type Symptom = {
  /** What it shows on: `Deployment/task-api`, `Job/migrate-…`, an objective’s or a queue’s name, `sync`. */
  readonly subject: string;
  readonly since: Instant;
} & (
  | { readonly kind: 'image-unavailable'; readonly container: string; readonly message: string }
  | { readonly kind: 'container-not-created'; readonly container: string; readonly message: string }
  | { readonly kind: 'out-of-memory'; readonly container: string; readonly restarts: number }
  | {
      readonly kind: 'crash-loop';
      readonly container: string;
      readonly restarts: number;
      readonly exitCode: number | undefined;
    }
  | { readonly kind: 'pods-refused'; readonly message: string }
  | {
      readonly kind: 'never-ready';
      readonly ready: number;
      readonly desired: number;
      readonly deadline: Seconds;
      readonly probe: string | undefined;
    }
  | { readonly kind: 'job-failed'; readonly message: string }
  | { readonly kind: 'manifests-broken'; readonly message: string }
  | { readonly kind: 'sync-refused'; readonly message: string }
  | { readonly kind: 'budget-burning'; readonly burn: number; readonly limit: number }
  | { readonly kind: 'lag-growing'; readonly count: number }
  | { readonly kind: 'dead-letters-growing'; readonly count: number }
);
export type SymptomKind = Symptom['kind'];

/** Why a symptom isn’t the release’s fault. */
export type Excuse =
  | { readonly kind: 'unchanged'; readonly subject: string }
  | { readonly kind: 'failed-before'; readonly subject: string }
  | { readonly kind: 'common-cause'; readonly others: readonly string[] }
  | { readonly kind: 'dependency-down'; readonly name: string; readonly message: string }
  | { readonly kind: 'node-in-trouble'; readonly name: string; readonly condition: string }
  | { readonly kind: 'not-reached'; readonly message: string };

/** What is still to come until the release runs as it should. */
export type Missing =
  | { readonly kind: 'not-taken'; readonly release: ReleaseId; readonly instead: ReleaseId | undefined }
  | {
      readonly kind: 'not-synced';
      readonly revision: string;
      /** The operation that there is, if any. */
      readonly operation: { readonly phase: string; readonly revision: string } | undefined;
    }
  | { readonly kind: 'not-reconciled'; readonly finishedAt: Instant }
  | { readonly kind: 'nothing-runs' }
  | { readonly kind: 'not-observed'; readonly subject: string }
  | {
      readonly kind: 'rolling-out';
      readonly subject: string;
      readonly updated: number;
      readonly ready: number;
      readonly desired: number;
    }
  | { readonly kind: 'old-pods'; readonly subject: string; readonly count: number }
  | {
      readonly kind: 'other-image';
      readonly subject: string;
      readonly runs: string | undefined;
      readonly wants: string;
    }
  | { readonly kind: 'job-running'; readonly subject: string }
  | { readonly kind: 'deadline-passed'; readonly deadline: Instant };

/** Why a release that failed isn’t taken back all the same. */
export type Refrain =
  | { readonly kind: 'ask-first'; readonly environment: string; readonly to: ReleaseId }
  | { readonly kind: 'is-a-rollback'; readonly of: ReleaseId; readonly by: string; readonly at: Instant }
  | { readonly kind: 'taken-back-before'; readonly release: ReleaseId; readonly at: Instant }
  | { readonly kind: 'nothing-stable' }
  | { readonly kind: 'is-the-stable-release'; readonly release: ReleaseId }
  | {
      readonly kind: 'stable-is-quarantined';
      readonly release: ReleaseId;
      readonly environment: string;
      readonly because: string;
    }
  | {
      readonly kind: 'contract-step';
      readonly to: ReleaseId;
      readonly service: string;
      readonly contract: number;
      readonly knows: number;
    }
  | { readonly kind: 'too-old'; readonly since: Instant; readonly window: Seconds };

/** How things stand. */
export type Circumstance =
  | { readonly kind: 'nothing-released' }
  | ({ readonly kind: 'trouble' } & Trouble)
  | { readonly kind: 'hands-on' }
  | {
      readonly kind: 'quarantined';
      readonly release: ReleaseId;
      readonly environment: string;
      readonly at: string;
      readonly because: string;
    }
  | { readonly kind: 'not-judged'; readonly resource: string; readonly message: string }
  | { readonly kind: 'no-data'; readonly subject: string }
  | { readonly kind: 'runs-as-released'; readonly release: ReleaseId; readonly pods: number }
  | { readonly kind: 'within-objectives'; readonly objectives: readonly string[] }
  | { readonly kind: 'baked'; readonly since: Instant; readonly seconds: Seconds }
  | { readonly kind: 'stable'; readonly release: ReleaseId }
  | {
      readonly kind: 'taken-back';
      readonly release: ReleaseId;
      readonly to: ReleaseId;
      readonly by: string;
      readonly at: Instant;
    }
  | {
      readonly kind: 'forward-held';
      readonly environment: string;
      readonly release: ReleaseId;
      readonly because: string;
    };

/** A reason and the facts behind it. `sentence` says it in words. */
export type Evidence = Symptom | Excuse | Missing | Refrain | Circumstance;
