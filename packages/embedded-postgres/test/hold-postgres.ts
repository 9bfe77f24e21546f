/**
 * Starts PostgreSQL and keeps it, as Almanac does; says so in one line of JSON. Tests kill it.
 *
 *   node -r ts-node/register hold-postgres.ts <data directory> <cache directory> [uid]
 */
import { startPostgres } from '../src';

const [dataDirectory, cacheDirectory, uid] = process.argv.slice(2) as [string, string, string?];

const say = (message: object) => process.send?.(message);

const main = async () => {
  if (uid) {
    process.setgroups?.([]);
    process.setgid?.(Number(uid));
    process.setuid?.(Number(uid));
  }
  const postgres = await startPostgres({ dataDirectory, cacheDirectory, settings: { fsync: false } });
  process.on('SIGTERM', () => void postgres.stop().then(() => process.disconnect()));
  say({ pid: postgres.pid, port: postgres.port });
};

main().catch((error: unknown) => {
  say({ error: String(error) });
  process.exit(1);
});
