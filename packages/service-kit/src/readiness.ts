import { schemaVersion, type SchemaDefinition } from '@almanac/database';
import type { DataSource } from 'typeorm';
import type { Check } from './service';

/**
 * Whether the database answers and its schema is new enough for this code. A newer schema is fine:
 * that is an older release after a rollback, and expand/contract promises that it works.
 */
export const databaseReadiness =
  (dataSource: DataSource, { name, migrations }: SchemaDefinition): Check =>
  async () => {
    if (!dataSource.isInitialized) return 'not connected';
    const version = await schemaVersion((sql) => dataSource.query(sql), name);
    return version < migrations.length
      ? `schema ${name} is at ${version}, ${migrations.length} is needed`
      : null;
  };
