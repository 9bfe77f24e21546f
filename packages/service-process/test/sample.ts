import { migrateAll, type SchemaDefinition } from '@almanac/database';
import { busSchema } from '@almanac/messaging';
import { jobsRole, migrateJobs } from '@almanac/scheduling';
import { createTestDatabase, withClient, type TestDatabase } from '@almanac/testkit';

/** What the sample service's code needs. */
export const sampleSchema: SchemaDefinition = {
  name: 'process_sample',
  role: 'almanac_process_sample',
  migrations: [
    { number: 1, name: 'notes', kind: 'expand', sql: 'create table process_sample.note (text text)' },
  ],
};

/** Has the test database make the role of the jobs as it makes all others. BullMQ makes their tables. */
export const jobs: SchemaDefinition = { name: 'process_sample_jobs', role: jobsRole, migrations: [] };

/** A database in which every role can sign in, with a sample's schema that is older than its code, and no jobs. */
export const olderDatabase = (): Promise<TestDatabase> =>
  createTestDatabase({ schemas: [busSchema, jobs, { ...sampleSchema, migrations: [] }] });

/** As a release's migrations do. */
export const migrateSample = ({ owner }: TestDatabase): Promise<void> =>
  withClient(owner, async (client) => {
    await migrateAll(client, [sampleSchema]);
    await migrateJobs(client, { roles: [jobsRole] });
  });

/** Ends the connections of a role as a server does that restarts. @returns how many there were */
export const cutConnections = ({ admin, name }: TestDatabase, role: string): Promise<number> =>
  withClient(admin, async (client) => {
    const { rowCount } = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and datname = $2',
      [role, name],
    );
    return rowCount ?? 0;
  });
