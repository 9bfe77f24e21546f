import { schemaLacks, schemaVersion, type SchemaDefinition } from '@almanac/database';
import type { DataSource } from 'typeorm';
import type { Check } from './service';

/** Whether the database answers and its schema is new enough for this code. */
export const databaseReadiness =
  (dataSource: DataSource, schema: SchemaDefinition): Check =>
  async () => {
    if (!dataSource.isInitialized) return 'not connected';
    return schemaLacks(await schemaVersion((sql) => dataSource.query(sql), schema.name), schema);
  };
