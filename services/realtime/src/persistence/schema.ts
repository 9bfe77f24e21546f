import { grantUnderPolicies, type SchemaDefinition } from '@almanac/database';
import { inboxTable } from '@almanac/messaging';

const schema = 'realtime';
const role = 'almanac_realtime';

/** A feed of changes per user, numbered without gaps, that devices read by cursor. */
export const realtimeSchema: SchemaDefinition = {
  name: schema,
  role,
  migrations: [
    {
      number: 1,
      name: 'feeds',
      kind: 'expand',
      sql: `
        create table realtime.feed_head (user_id uuid primary key, head bigint not null);
        ${grantUnderPolicies('realtime.feed_head', role, {
          owner: 'user_id',
          ownerMay: ['select'],
          others: { consumer: ['select', 'insert', 'update'] },
        })}
        create table realtime.feed (
          user_id uuid not null, position bigint not null, change json not null,
          bytes int not null generated always as (octet_length(change::text)) stored,
          at timestamptz not null default now(),
          primary key (user_id, position));
        create index on realtime.feed using brin (at);
        ${grantUnderPolicies('realtime.feed', role, {
          owner: 'user_id',
          ownerMay: ['select'],
          others: { consumer: ['insert'], sweep: ['select', 'delete'] },
        })}
        ${inboxTable(schema, role)}`,
    },
  ],
};
