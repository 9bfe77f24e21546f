/**
 * Who reads or writes, as the policies see it. `user` and `operator` come with a user id; the
 * others are parts of a service that work across users, each with the few tables its policies name:
 * `relay` (the outbox), `consumer` (effects of events), `sweep` (retention, repair), `sign-in`
 * (accounts, before it is known whose).
 */
export type Capacity = 'user' | 'operator' | 'relay' | 'consumer' | 'sweep' | 'sign-in';

/** The user of this transaction; null outside {@link Transaction}, where no policy then matches. */
export const currentUserId = `nullif(current_setting('app.user_id', true), '')::uuid`;

const inCapacity = (capacities: readonly Capacity[]): string =>
  `current_setting('app.capacity', true) in (${capacities.map((capacity) => `'${capacity}'`).join(', ')})`;

export interface Policies {
  /** The column that holds the owner; none when no user has rows of their own here. */
  readonly owner?: string;
  /** What the owner may do with their rows; all by default. */
  readonly ownerMay?: readonly ('select' | 'insert' | 'update' | 'delete')[];
  /** Who may also do what with everybody's rows. */
  readonly others?: Readonly<
    Partial<Record<Capacity, readonly ('select' | 'insert' | 'update' | 'delete')[]>>
  >;
}

/**
 * The SQL that gives `role` a table under row-level security: rights and policies come together, so
 * that no table is granted without one. The role is never the table's owner, who is not bound by
 * policies.
 *
 * @param table with its schema, e.g. `task_api.task`
 */
export function grantUnderPolicies(
  table: string,
  role: string,
  { owner, ownerMay, others = {} }: Policies,
): string {
  const policies: string[] = [];
  const verbs = new Set<string>();
  const allow = (name: string, verb: string, condition: string) => {
    verbs.add(verb);
    const clause =
      verb === 'insert'
        ? `with check (${condition})`
        : verb === 'update'
          ? `using (${condition}) with check (${condition})`
          : `using (${condition})`;
    policies.push(`create policy "${name} ${verb}" on ${table} for ${verb} to ${role} ${clause};`);
  };
  if (owner !== undefined)
    for (const verb of ownerMay ?? ['select', 'insert', 'update', 'delete'])
      allow('owner', verb, `${owner} = ${currentUserId}`);
  for (const [capacity, may] of Object.entries(others))
    for (const verb of may) allow(capacity, verb, inCapacity([capacity as Capacity]));
  return [
    `alter table ${table} enable row level security;`,
    ...policies,
    `grant ${[...verbs].join(', ')} on ${table} to ${role};`,
  ].join('\n');
}
