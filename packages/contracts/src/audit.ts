import { z } from 'zod';
import { defineApi, Id, Instant, page, Paging } from './api';
import { defineEvent } from './events';
import { text } from './text';

export const AuditEntry = z
  .object({
    sequence: z.int().positive().meta({ description: 'Its place in the chain.' }),
    eventId: Id,
    type: z.string().meta({ description: 'The event, e.g. task.completed.' }),
    at: Instant.meta({ description: 'When it happened.' }),
    userId: Id.nullable().meta({ description: 'Whose data it concerns.' }),
    actorId: Id.nullable().meta({ description: 'Who did it.' }),
    entity: z.object({ type: z.string(), id: z.string() }),
    data: z.unknown().meta({ description: 'The event’s data.' }),
    traceId: z.string().nullable(),
    hash: z.string().meta({ description: 'SHA-256 over the previous hash and this entry, hex.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const ListAudit = Paging.extend({
  userId: Id.optional().meta({ description: 'Another user’s entries: for operators.' }),
  entityType: text(50).optional(),
  entityId: text(100).optional(),
  type: text(100).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});
export type ListAudit = z.infer<typeof ListAudit>;

export const auditApi = defineApi('Audit', '/api/v1/audit-log', {
  listAudit: {
    method: 'GET',
    path: '/',
    summary: 'What happened, newest first',
    scope: 'audit:read',
    query: ListAudit,
    output: page(AuditEntry),
  },
});

/** Published now and then, out of the database's reach: a chain cut behind it no longer verifies. */
export const auditHead = defineEvent('audit.head', {
  topic: 'audit-heads',
  version: 1,
  about: 'The audit chain has grown to this entry.',
  data: z.object({ sequence: z.int().positive(), hash: z.string() }),
  key: () => 'chain',
  entity: ({ sequence }) => ({ type: 'audit-entry', id: String(sequence) }),
});
