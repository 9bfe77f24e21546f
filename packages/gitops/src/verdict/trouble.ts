import type { Instant } from './instant';

/** An adapter can’t do its work: what it knows is old, or what is decided can’t be written. */
export interface Trouble {
  readonly source: 'git' | 'kubernetes' | 'argocd' | 'prometheus';
  readonly message: string;
  readonly since: Instant;
}
