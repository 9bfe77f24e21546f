import type { Policy } from '../policy';
import { argocdPolicies } from './argocd';
import { networkPolicies } from './network';
import { podPolicies } from './pods';
import { quotasFit } from './quotas';
import { rolloutPolicies } from './rollouts';

/** Everything that is asked of what we deploy, beyond its schema. */
export const policies: readonly Policy[] = [
  ...podPolicies,
  ...rolloutPolicies,
  quotasFit,
  ...networkPolicies,
  ...argocdPolicies,
];
