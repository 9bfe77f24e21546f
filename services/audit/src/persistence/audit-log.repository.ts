import type { AuditEntry, ListAudit, Page } from '@almanac/contracts';
import { decodeCursor, encodeCursor, type Session } from '@almanac/database';
import { isId } from '@almanac/kernel';
import type { AuditLog } from '../ports';

interface Row {
  sequence: number;
  event_id: string;
  type: string;
  at: string;
  user_id: string | null;
  actor_id: string | null;
  entity_type: string;
  entity_id: string;
  trace_id: string | null;
  data: unknown;
  hash: string;
}

const columns =
  'sequence, event_id, type, at, user_id, actor_id, entity_type, entity_id, trace_id, data, hash';

const fromRow = (row: Row): AuditEntry => ({
  sequence: row.sequence,
  eventId: row.event_id,
  type: row.type,
  at: row.at,
  userId: row.user_id,
  actorId: row.actor_id,
  entity: { type: row.entity_type, id: row.entity_id },
  data: row.data,
  traceId: row.trace_id,
  hash: row.hash,
});

/** Row-level security decides which entries a reader sees: their own, or for an operator all. */
export const auditLogRepository = (session: Pick<Session, 'query'>): AuditLog => ({
  lockHead: async () =>
    (
      await session.query<{ sequence: number; hash: string; published: number }>(
        'select sequence, hash, published from audit.chain_head for update',
      )
    )[0]!,
  append: async (entry) => {
    await session.query(
      `with added as (
         insert into audit.audit_log (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (event_id) do nothing returning 1)
       update audit.chain_head set sequence = $1, hash = $11 where exists (select from added)`,
      [
        entry.sequence,
        entry.eventId,
        entry.type,
        entry.at,
        entry.userId,
        entry.actorId,
        entry.entity.type,
        entry.entity.id,
        entry.traceId,
        JSON.stringify(entry.data),
        entry.hash,
      ],
    );
  },
  markPublished: async (sequence) => {
    await session.query('update audit.chain_head set published = $1', [sequence]);
  },
  list: (query) => list(session, query),
  after: async (sequence, limit) =>
    (
      await session.query<Row>(
        `select ${columns} from audit.audit_log where sequence > $1 order by sequence limit $2`,
        [sequence, limit],
      )
    ).map(fromRow),
});

async function list(session: Pick<Session, 'query'>, query: ListAudit): Promise<Page<AuditEntry>> {
  const sort = 'sequence desc';
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const where = ['true'];
  if (query.userId) where.push(`user_id = ${value(query.userId)}`);
  if (query.entityType) where.push(`entity_type = ${value(query.entityType)}`);
  if (query.entityId) where.push(`entity_id = ${value(query.entityId)}`);
  if (query.type) where.push(`type = ${value(query.type)}`);
  if (query.from) where.push(`at >= ${value(query.from)}`);
  if (query.to) where.push(`at < ${value(query.to)}`);
  if (query.cursor !== undefined) {
    const after = decodeCursor(
      query.cursor,
      sort,
      ({ id, value: sequence }) => isId(id) && Number.isSafeInteger(sequence),
    );
    where.push(`sequence < ${value(after.value)}`);
  }
  const rows = await session.query<Row>(
    `select ${columns} from audit.audit_log where ${where.join(' and ')} order by sequence desc limit ${query.limit + 1}`,
    values,
  );
  const items = rows.slice(0, query.limit).map(fromRow);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      rows.length > query.limit && last
        ? encodeCursor({ sort, value: last.sequence, id: last.eventId })
        : null,
  };
}
