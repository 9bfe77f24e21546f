/** What a token lets its bearer do. A scope is `<resource>:<read|write>`. */
export type Scope =
  'tasks:read' | 'tasks:write' | 'audit:read' | 'sync:read' | 'account:read' | 'account:write';

/** Everything a signed-in user may do with their own data. */
export const userScopes: readonly Scope[] = [
  'tasks:read',
  'tasks:write',
  'audit:read',
  'sync:read',
  'account:read',
  'account:write',
];

/**
 * On whose behalf something happens.
 *
 * `user` sees its own rows. `operator` is a user who also may read across users where a use-case
 * says so (audit, dead letters); it never writes another user's data.
 */
export interface Actor {
  /** UUID of the user. */
  readonly id: string;
  readonly role: 'user' | 'operator';
  readonly scopes: readonly Scope[];
}
