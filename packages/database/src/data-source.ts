import { DataSource, type EntitySchema } from 'typeorm';
import { types } from 'pg';

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Most connections this process holds. Replicas × pool must stay below `max_connections`. */
  readonly poolSize: number;
  /** TLS with the server's certificate verified against this CA (PEM); none on the loopback. */
  readonly ca?: string | undefined;
}

/**
 * Times stay text: as a `Date` each one costs a parse on the way in and a format on the way out,
 * and a list of 50 tasks has 200 of them. Queries give them as RFC 3339 by {@link instant}.
 */
const keepText = (value: string): string => value;
types.setTypeParser(types.builtins.TIMESTAMPTZ, keepText);
types.setTypeParser(types.builtins.TIMESTAMP, keepText);
/** bigint columns here are sequence numbers, far below 2^53. Money has a column type of its own. */
types.setTypeParser(types.builtins.INT8, Number);

/**
 * A TypeORM data source for one service, as its own role and in its own schema.
 *
 * The time limits turn a stuck statement, lock or forgotten transaction into an error that is
 * answered or retried, rather than into a pool without free connections.
 *
 * @param schema also the service's name with `_` for `-`
 */
export const createDataSource = (
  config: DatabaseConfig,
  schema: string,
  entities: EntitySchema[] = [],
): DataSource =>
  new DataSource({
    type: 'postgres',
    host: config.host,
    port: config.port,
    database: config.database,
    username: config.user,
    password: config.password,
    ssl: config.ca === undefined ? false : { ca: config.ca },
    schema,
    entities,
    poolSize: config.poolSize,
    applicationName: `almanac-${schema.replaceAll('_', '-')}`,
    connectTimeoutMS: 5_000,
    synchronize: false,
    installExtensions: false,
    extra: {
      statement_timeout: 5_000,
      lock_timeout: 3_000,
      idle_in_transaction_session_timeout: 15_000,
      keepAlive: true,
    },
  });
