import type { ClientConfig } from 'pg';

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

/** For a plain client of node-postgres: LISTEN, migrations. */
export const connectionOf = ({ host, port, database, user, password, ca }: DatabaseConfig): ClientConfig => ({
  host,
  port,
  database,
  user,
  password,
  ssl: ca === undefined ? false : { ca },
});
