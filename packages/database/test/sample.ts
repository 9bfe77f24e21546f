import { type Actor, newId, userScopes } from '@almanac/kernel';
import { grantUnderPolicies, type SchemaDefinition } from '../src';

const role = 'almanac_sample';

/** Notes are their users'; a ledger may be added to, and nothing else. */
export const sampleSchema: SchemaDefinition = {
  name: 'sample',
  role,
  migrations: [
    {
      number: 1,
      name: 'notes and a ledger',
      kind: 'expand',
      sql: `
        create table sample.note (
          id uuid primary key default gen_random_uuid(), user_id uuid not null, text text not null);
        ${grantUnderPolicies('sample.note', role, {
          owner: 'user_id',
          others: { operator: ['select'], sweep: ['select', 'delete'], consumer: ['insert'] },
        })}
        create table sample.ledger (id uuid primary key default gen_random_uuid(), user_id uuid not null, text text not null);
        ${grantUnderPolicies('sample.ledger', role, { owner: 'user_id', ownerMay: ['select', 'insert'] })}`,
    },
  ],
};

/** Another service's. */
export const otherSchema: SchemaDefinition = {
  name: 'other',
  role: 'almanac_other',
  migrations: [
    { number: 1, name: 'a table', kind: 'expand', sql: 'create table other.secret as select 42 as answer' },
  ],
};

export const someUser = (role: Actor['role'] = 'user'): Actor => ({ id: newId(), role, scopes: userScopes });
