import { grantUnderPolicies, type SchemaDefinition } from '@almanac/database';

const schema = 'web';
const role = 'almanac_web';

/** Who has an account here, and who is signed in. */
export const webSchema: SchemaDefinition = {
  name: schema,
  role,
  migrations: [
    {
      number: 1,
      name: 'accounts, identities, sessions and attempts',
      kind: 'expand',
      // Everything that happens before it is known who asks is done in the capacity `sign-in`. Once
      // it is known, a user sees one row of one table. Nothing here can make anyone an operator: the
      // right to update is cut down to three columns.
      sql: `
        create table web.account (
          id uuid primary key,
          email text not null unique check (email = lower(email)),
          name text not null,
          zone text not null,
          role text not null check (role in ('user', 'operator')),
          password_hash text,
          created_at timestamptz not null);
        ${grantUnderPolicies('web.account', role, {
          owner: 'id',
          ownerMay: ['select', 'update'],
          others: { 'sign-in': ['select', 'insert', 'update'] },
        })}
        revoke update on web.account from ${role};
        grant update (name, zone, password_hash) on web.account to ${role};

        create table web.identity (
          issuer text not null,
          subject text not null,
          account_id uuid not null references web.account on delete cascade,
          created_at timestamptz not null default now(),
          primary key (issuer, subject));
        create index on web.identity (account_id);
        ${grantUnderPolicies('web.identity', role, { others: { 'sign-in': ['select', 'insert'] } })}

        create table web.session (
          id uuid primary key,
          account_id uuid not null references web.account on delete cascade,
          current_hash bytea not null,
          previous_hash bytea,
          seed bytea not null,
          created_at timestamptz not null,
          rotated_at timestamptz not null,
          expires_at timestamptz not null);
        create index on web.session (account_id);
        create index on web.session (expires_at);
        ${grantUnderPolicies('web.session', role, {
          others: { 'sign-in': ['select', 'insert', 'update', 'delete'], sweep: ['select', 'delete'] },
        })}

        create table web.attempt (
          key text primary key,
          count int not null,
          ends_at timestamptz not null);
        create index on web.attempt (ends_at);
        ${grantUnderPolicies('web.attempt', role, {
          others: { 'sign-in': ['select', 'insert', 'update'], sweep: ['select', 'delete'] },
        })}`,
    },
  ],
};
