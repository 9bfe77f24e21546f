import { ConfigError } from '@almanac/config';
import { createLogger, type Logger } from '@almanac/service-kit';
import { inCluster } from './kubernetes-api';
import { migrateAllSchemas } from './migrate';
import { provision } from './provision';
import { createMissingSecrets, randomSecrets } from './secrets';

const commands: Readonly<Record<string, (logger: Logger) => Promise<void>>> = {
  provision,
  migrate: migrateAllSchemas,
  secrets: async (logger) => createMissingSecrets(await inCluster(), logger, await randomSecrets()),
};

const logger = createLogger('migrate');

async function main([name = '', ...rest]: readonly string[]): Promise<void> {
  const command = commands[name];
  if (command === undefined || rest.length > 0)
    throw new ConfigError([{ name: 'command', reason: `one of ${Object.keys(commands).join(', ')}` }]);
  await command(logger);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof ConfigError) logger.fatal(error.message);
    else logger.fatal({ error }, error instanceof Error ? error.message : 'failed');
    process.exit(1);
  },
);
