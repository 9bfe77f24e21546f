export { createAudit, type AuditConfig } from './app';
export { auditSchema } from './persistence/schema';
export { verifyChain, type Verification } from './use-cases/verify-chain';
export { auditLogRepository } from './persistence/audit-log.repository';
