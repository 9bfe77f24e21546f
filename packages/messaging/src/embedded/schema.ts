import type { SchemaDefinition } from '@almanac/database';

const role = 'almanac_bus';

/**
 * The embedded bus: a partitioned log in PostgreSQL.
 *
 * `partition.head` numbers the events of a partition. Appending locks that row until the commit, so
 * positions become visible in order and without gaps, and a reader can go by position.
 * `parked` holds, per group, the events that wait: one that failed and all behind it of the same key.
 */
export const busSchema: SchemaDefinition = {
  name: 'bus',
  role,
  migrations: [
    {
      number: 1,
      name: 'a partitioned log with groups, parked events and dead letters',
      kind: 'expand',
      sql: `
        create table bus.partition (
          topic text not null, partition smallint not null, head bigint not null default 0,
          primary key (topic, partition));
        create table bus.event (
          topic text not null, partition smallint not null, position bigint not null,
          key text not null, event json not null, appended_at timestamptz not null default now(),
          primary key (topic, partition, position));
        create index on bus.event using brin (appended_at);
        create table bus.group_offset (
          group_name text not null, topic text not null, partition smallint not null,
          position bigint not null default 0,
          primary key (group_name, topic, partition));
        create table bus.parked (
          id bigint generated always as identity primary key,
          group_name text not null, topic text not null, partition smallint not null,
          key text not null, event json not null, attempts int not null,
          next_at timestamptz not null, error text);
        create index on bus.parked (group_name, topic, partition, key, id);
        create index on bus.parked (group_name, next_at);
        create table bus.dead_letter (
          id uuid primary key default gen_random_uuid(),
          group_name text not null, topic text not null, partition smallint not null,
          key text not null, event json not null, attempts int not null,
          error text not null, failed_at timestamptz not null default now(),
          discarded_at timestamptz, discard_reason text);
        create index on bus.dead_letter (failed_at) where discarded_at is null;
        grant select, insert, update, delete on all tables in schema bus to ${role};`,
    },
  ],
};
