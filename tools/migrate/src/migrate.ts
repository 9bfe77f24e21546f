import { loadConfig, type Environment } from '@almanac/config';
import { migrate, ownerRole } from '@almanac/database';
import { jobsRole, jobsSchema, migrateJobs } from '@almanac/scheduling';
import type { Logger } from '@almanac/service-kit';
import { withClient } from './connect';
import { schemas } from './schemas';
import { databaseOf, migrateSettings } from './settings';

/**
 * Brings all schemas up to what this release needs, as their owner. On a newer schema it changes
 * nothing and succeeds: that is an older release after a rollback.
 */
export async function migrateAllSchemas(logger: Logger, env?: Environment): Promise<void> {
  const settings = loadConfig(migrateSettings, env, (warning) => logger.warn(warning));
  const { ALMANAC_OWNER_PASSWORD: password, ALMANAC_DATABASE_NAME: database } = settings;
  await withClient(databaseOf(settings, { user: ownerRole, password, database }), logger, async (owner) => {
    await migrateJobs(owner, { roles: [jobsRole] });
    logger.info({ schema: jobsSchema }, 'up to date');
    for (const schema of schemas) {
      const { applied, version } = await migrate(owner, schema);
      logger.info(
        { schema: schema.name, applied, version },
        applied.length > 0
          ? 'migrated'
          : version > schema.migrations.length
            ? 'newer than this release; left as it is'
            : 'up to date',
      );
    }
  });
}
