import { loadConfig, type Environment } from '@almanac/config';
import { ensureDatabase, ensureRoles } from '@almanac/database';
import type { Logger } from '@almanac/service-kit';
import { withClient } from './connect';
import { databaseOf, passwordSettings, passwordsOf, provisionSettings } from './settings';

/**
 * Creates the roles and the database that are missing, and sets the roles' passwords, as somebody who
 * may do that: a superuser, or the administrator of a managed server. Safe to repeat, and to run from
 * several processes at once.
 */
export async function provision(logger: Logger, env?: Environment): Promise<void> {
  // One look at everything, so that all that is missing is named at once.
  const everything = provisionSettings.extend(passwordSettings.shape);
  const passwords = passwordsOf(loadConfig(everything, env, (warning) => logger.warn(warning)));
  const settings = loadConfig(provisionSettings, env, () => undefined);
  const {
    ALMANAC_ADMIN_USER: user,
    ALMANAC_ADMIN_PASSWORD: password,
    ALMANAC_DATABASE_NAME: name,
  } = settings;

  const asAdmin = databaseOf(settings, { user, password, database: 'postgres' });
  await withClient(asAdmin, logger, async (admin) => {
    await admin.query(`select pg_advisory_lock(hashtextextended('almanac provision', 0))`);
    await ensureRoles(admin, passwords);
    await ensureDatabase(admin, name);
    logger.info({ roles: Object.keys(passwords), database: name }, 'provisioned');
  });
}
