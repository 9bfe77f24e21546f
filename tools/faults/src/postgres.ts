import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startPostgres, type Postgres } from '@almanac/embedded-postgres';
import type { PostgresAddress } from '@almanac/testkit';

/** A PostgreSQL that outlives the victims, and can be broken itself. */
export interface Server {
  readonly address: PostgresAddress;
  isUp(): boolean;
  /** As when its machine loses power, but for the disk's cache: cuts everybody off and writes nothing (pg_ctl stop -m immediate). */
  stopAtOnce(): Promise<void>;
  /** Starts it again where it was; it recovers what was committed. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** @param directory its parents must be open to the account that runs PostgreSQL when root starts it */
export async function startServer(directory: string): Promise<Server> {
  const port = await freePort();
  const start = () =>
    startPostgres({
      dataDirectory: directory,
      // Without fsync a stop at once still loses what the kernel wasn't given, only not what the disk's
      // own cache has. The WAL writer is slow, so that a commit which doesn't wait for it is found out.
      // The port stays the same, for the victims.
      settings: {
        fsync: false,
        wal_writer_delay: '10s',
        wal_writer_flush_after: '1GB',
        max_connections: 200,
        port,
      },
    });
  let postgres: Postgres = await start();
  let up = true;
  return {
    isUp: () => up,
    address: { host: postgres.host, port, user: postgres.user, password: postgres.password },
    stopAtOnce: async () => {
      up = false;
      process.kill(postgres.pid, 'SIGQUIT');
      await postgres.ended;
      await postgres.stop(); // gives the directory free
    },
    startAgain: async () => {
      postgres = await start();
      up = true;
    },
    stop: () => postgres.stop(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
