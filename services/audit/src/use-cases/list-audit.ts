import type { AuditEntry, ListAudit, Page } from '@almanac/contracts';
import type { UseCase } from '@almanac/kernel';
import type { Deps } from '../ports';

/** What happened to the actor's data; an operator sees everybody's. @throws AppError `invalid_cursor` */
export const listAudit: UseCase<Deps, ListAudit, Page<AuditEntry>> = ({ transaction }, actor, query) =>
  transaction(actor, ({ log }) => log.list(query));
