import { currentUserId, grantUnderPolicies, type SchemaDefinition } from '@almanac/database';
import { inboxTable, outboxTable } from '@almanac/messaging';
import { idempotencyKeyTable } from '@almanac/service-kit';

const schema = 'task_api';
const role = 'almanac_task_api';

/** The tasks, and how they came to be stored like this. */
export const taskApiSchema: SchemaDefinition = {
  name: schema,
  role,
  migrations: [
    {
      number: 1,
      name: 'tasks, outbox and idempotency keys',
      kind: 'expand',
      // Each sort order is an index that begins with the user and ends with the id, so that any page
      // of any sort is one short range scan. `due_sort` puts tasks without a due time last in it.
      // Search goes through a function because an index can't serve `@@` under row-level security:
      // the operator is not leakproof, so the planner must apply the policy first, to every row of
      // the user (https://www.postgresql.org/docs/18/planner-stats-security.html, rules-privileges).
      // The function is the owner's, names the user itself, and gives ids only.
      sql: `
        create extension if not exists btree_gin with schema public;
        create table task_api.task (
          id uuid primary key,
          user_id uuid not null,
          title text not null,
          description text not null,
          status text not null check (status in ('open', 'completed')),
          priority smallint not null check (priority between 1 and 3),
          tags text[] not null,
          due_local text,
          due_zone text,
          due_at timestamptz,
          due_sort timestamptz generated always as (coalesce(due_at, 'infinity')) stored,
          title_sort text collate "C" generated always as (lower(left(title, 100))) stored,
          created_at timestamptz not null,
          updated_at timestamptz not null,
          completed_at timestamptz,
          deleted_at timestamptz,
          version int not null,
          search tsvector generated always as (
            to_tsvector('simple', title || ' ' || description) || array_to_tsvector(array_remove(tags, ''))) stored,
          check ((due_at is null) = (due_local is null) and (due_at is null) = (due_zone is null)),
          check ((status = 'completed') = (completed_at is not null)));
        create index task_by_created on task_api.task (user_id, created_at, id) where deleted_at is null;
        create index task_by_due on task_api.task (user_id, due_sort, id) where deleted_at is null;
        create index task_by_priority on task_api.task (user_id, priority, id) where deleted_at is null;
        create index task_by_title on task_api.task (user_id, title_sort, id) where deleted_at is null;
        create index task_search on task_api.task using gin (user_id, search) where deleted_at is null;
        create index task_deleted on task_api.task (deleted_at) where deleted_at is not null;
        ${grantUnderPolicies('task_api.task', role, {
          owner: 'user_id',
          ownerMay: ['select', 'insert', 'update'],
          others: { sweep: ['select', 'delete'] },
        })}
        create function task_api.matching_tasks(words text) returns setof uuid
          language sql stable security definer set search_path = pg_catalog, public, pg_temp
          as $$ select id from task_api.task
                where user_id = ${currentUserId} and deleted_at is null and search @@ to_tsquery('simple', words) $$;
        revoke execute on function task_api.matching_tasks from public;
        grant execute on function task_api.matching_tasks to ${role};
        ${outboxTable(schema, role)}
        ${inboxTable(schema, role)}
        ${idempotencyKeyTable(schema, role)}`,
    },
  ],
};
