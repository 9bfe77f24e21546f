import { grantUnderPolicies, type SchemaDefinition } from '@almanac/database';
import { outboxTable } from '@almanac/messaging';

const schema = 'audit';
const role = 'almanac_audit';

/** The audit log: rows are added at the end of one hash chain, and never changed. */
export const auditSchema: SchemaDefinition = {
  name: schema,
  role,
  migrations: [
    {
      number: 1,
      name: 'an append-only log with a hash chain',
      kind: 'expand',
      // `data` is json, not jsonb: the hash is over its text, so that must stay as it was.
      sql: `
        create table audit.audit_log (
          sequence bigint primary key,
          event_id uuid not null unique,
          type text not null,
          at timestamptz(3) not null,
          user_id uuid,
          actor_id uuid,
          entity_type text not null,
          entity_id text not null,
          trace_id text,
          data json not null,
          hash text not null,
          recorded_at timestamptz not null default now());
        create index on audit.audit_log (user_id, sequence);
        create index on audit.audit_log (entity_type, entity_id, sequence);
        create index on audit.audit_log (type, sequence);
        create index on audit.audit_log using brin (at);
        create function audit.refuse() returns trigger language plpgsql as $$
          begin raise exception 'the audit log is append-only'; end $$;
        create trigger append_only before update or delete on audit.audit_log
          for each row execute function audit.refuse();
        create trigger append_only_all before truncate on audit.audit_log
          for each statement execute function audit.refuse();
        ${grantUnderPolicies('audit.audit_log', role, {
          owner: 'user_id',
          ownerMay: ['select'],
          others: { operator: ['select'], consumer: ['select', 'insert'], sweep: ['select'] },
        })}

        create table audit.chain_head (
          singleton boolean primary key default true check (singleton),
          sequence bigint not null, hash text not null, published bigint not null);
        insert into audit.chain_head (sequence, hash, published) values (0, '', 0);
        ${grantUnderPolicies('audit.chain_head', role, {
          others: { consumer: ['select', 'update'], sweep: ['select', 'update'] },
        })}
        ${outboxTable(schema, role)}`,
    },
  ],
};
