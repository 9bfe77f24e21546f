import { auditSchema } from '@almanac/audit/schema';
import { ownerRole, type SchemaDefinition } from '@almanac/database';
import { busSchema } from '@almanac/messaging';
import { realtimeSchema } from '@almanac/realtime/schema';
import { jobsRole } from '@almanac/scheduling';
import { taskApiSchema } from '@almanac/task-api/schema';
import { webSchema } from '@almanac/web/schema';

/** Of the services: each has one, and a release says which versions of it its code can run with. */
export const serviceSchemas: readonly SchemaDefinition[] = [
  taskApiSchema,
  auditSchema,
  realtimeSchema,
  webSchema,
];

/** All that are migrated here; BullMQ's tables come besides, with its own migrations. */
export const schemas: readonly SchemaDefinition[] = [busSchema, ...serviceSchemas];

/** As in names of images, Secrets and labels. */
export const kebab = (schema: string): string => schema.replaceAll('_', '-');

/** Who signs in to the database. */
export interface DatabaseRole {
  /** What it is for, e.g. `task-api`. */
  readonly name: string;
  readonly role: string;
}

export const databaseRoles: readonly DatabaseRole[] = [
  { name: 'owner', role: ownerRole },
  { name: 'jobs', role: jobsRole },
  ...schemas.map(({ name, role }) => ({ name: kebab(name), role })),
];
