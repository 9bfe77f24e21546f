import type { ReleaseId } from '../release';
import type { Evidence } from './evidence';
import type { Instant } from './instant';

/**
 * What to do about an environment now. Whatever is seen next may change it; `until` is when time
 * alone does.
 */
export type Decision =
  /** The release is on its way, or there is nothing to judge. */
  | {
      readonly do: 'wait';
      readonly until: Instant | 'the next release';
      readonly because: readonly Evidence[];
    }
  /** It runs as it should. */
  | {
      readonly do: 'verify';
      readonly since: Instant;
      readonly until: Instant;
      readonly because: readonly Evidence[];
    }
  | { readonly do: 'mark-stable'; readonly release: ReleaseId; readonly because: readonly Evidence[] }
  | {
      readonly do: 'roll-back';
      readonly from: ReleaseId;
      readonly to: ReleaseId;
      readonly because: readonly Evidence[];
    }
  /** Something is wrong, or can’t be told. `resumed`: a person is needed and gets paged. */
  | { readonly do: 'hold'; readonly until: Instant | 'resumed'; readonly because: readonly Evidence[] };

/** Where a release is on its way. */
export type ReleaseState = 'Progressing' | 'Verifying' | 'Stable' | 'Failed' | 'Held';

export const stateOf = (decision: Decision): ReleaseState => {
  switch (decision.do) {
    case 'wait':
      return decision.until === 'the next release' ? 'Stable' : 'Progressing';
    case 'verify':
      return 'Verifying';
    case 'mark-stable':
      return 'Stable';
    case 'roll-back':
      return 'Failed';
    case 'hold':
      return 'Held';
  }
};
