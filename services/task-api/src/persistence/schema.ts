import { currentUserId, grantUnderPolicies, type SchemaDefinition } from '@almanac/database';
import { inboxTable, outboxTable } from '@almanac/messaging';
import { idempotencyKeyTable } from '@almanac/service-kit';

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const schema = 'task_api';
const role = 'almanac_task_api';

/**
 * What separates words beside white space. PostgreSQL's parser alone would keep `ada@example.org`
 * whole, so that `ada@exam` finds nothing, and drop what looks like HTML.
 */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

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
      // of any sort is one short range scan. `due_sort` puts tasks without a due time last in it. Times
      // have milliseconds, as cursors do: a row between two of them would be skipped.
      // Search has three parts. `search` holds the words of a task, each marked with its user, so that a
      // prefix looks at that user's words only, not at everybody's. The index is read by a function,
      // because under row-level security it can't serve `@@`: the operator is not leakproof, so the
      // planner must apply the policy to every row first
      // (https://www.postgresql.org/docs/18/planner-stats-security.html). The function is the owner's,
      // names the user itself, and gives ids only. It stops at a limit: a word that many tasks have is
      // found faster by walking the list in its order (see the repository).
      sql: `
        create function task_api.user_mark(user_id uuid) returns text language sql immutable parallel safe
          return right(user_id::text, 8) || ':';
        create function task_api.apart(words text) returns text language sql immutable parallel safe
          return translate(words, ${literal(punctuation)}, ${literal(' '.repeat(punctuation.length))});
        create function task_api.search_words(user_id uuid, words text, tags text[]) returns tsvector
          language sql immutable parallel safe
          return array_to_tsvector(array(
            select task_api.user_mark(user_id) || word
            from unnest(tsvector_to_array(to_tsvector('simple',
              task_api.apart(words || ' ' || array_to_string(tags, ' '))))) word
            where octet_length(word) < 1000)); -- a tsvector takes 2046 bytes, and nobody types that many
        create function task_api.search_query(user_id uuid, words text) returns tsquery
          language sql immutable parallel safe
          return (
            select string_agg(
              '''' || replace(replace(task_api.user_mark(user_id) || lexeme, '\\', '\\\\'), '''', '''''') || '''' ||
                case when n = last then ':*' else '' end, ' & ')::tsquery
            from (select *, max(n) over () as last
                from regexp_split_to_table(task_api.apart(words), '\\s+') with ordinality w (word, n) where word <> '') typed,
              unnest(tsvector_to_array(to_tsvector('simple', word))) lexeme);
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
          due_at timestamptz(3),
          due_sort timestamptz generated always as (coalesce(due_at, 'infinity')) stored,
          title_sort text collate "C" generated always as (lower(left(title, 100))) stored,
          created_at timestamptz(3) not null,
          updated_at timestamptz(3) not null,
          completed_at timestamptz(3),
          deleted_at timestamptz(3),
          version int not null,
          search tsvector generated always as (
            task_api.search_words(user_id, title || ' ' || description, tags)) stored,
          check ((due_at is null) = (due_local is null) and (due_at is null) = (due_zone is null)),
          check ((status = 'completed') = (completed_at is not null)));
        create index task_by_created on task_api.task (user_id, created_at, id) where deleted_at is null;
        create index task_by_due on task_api.task (user_id, due_sort, id) where deleted_at is null;
        create index task_by_priority on task_api.task (user_id, priority, id) where deleted_at is null;
        create index task_by_title on task_api.task (user_id, title_sort, id) where deleted_at is null;
        create index task_search on task_api.task using gin (search) where deleted_at is null;
        create index task_deleted on task_api.task (deleted_at) where deleted_at is not null;
        ${grantUnderPolicies('task_api.task', role, {
          owner: 'user_id',
          ownerMay: ['select', 'insert', 'update'],
          others: { sweep: ['select', 'delete'] },
        })}
        create function task_api.matching_tasks(query tsquery, at_most int) returns setof uuid
          language sql stable security definer
          set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan
          as $$ select id from task_api.task
                where user_id = ${currentUserId} and deleted_at is null and search @@ query limit at_most $$;
        revoke execute on function task_api.matching_tasks from public;
        grant execute on function task_api.matching_tasks to ${role};
        ${outboxTable(schema, role)}
        ${inboxTable(schema, role)}
        ${idempotencyKeyTable(schema, role)}`,
    },
  ],
};
