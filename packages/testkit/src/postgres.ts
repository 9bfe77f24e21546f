import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@almanac/embedded-postgres';

/** A PostgreSQL server and its superuser. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface TestPostgres {
  readonly address: PostgresAddress;
  stop(): Promise<void>;
}

const variable = 'ALMANAC_TEST_POSTGRES';

/** Nothing has to survive a power cut here, and many workers connect at once. */
const settings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  max_connections: 300,
};

/**
 * Starts the PostgreSQL of a test run, on a free port and data of its own; for jest's global set-up.
 * Workers that are started afterwards find it by the environment. A server that the environment
 * names already is used as it is, and left running.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = givenAddress();
  if (given !== null) return { address: given, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'almanac-test-postgres-'));
  await chmod(directory, 0o755); // run by root, the server has another account
  const { host, port, user, password, stop } = await startPostgres({ dataDirectory: directory, settings });
  const address = { host, port, user, password };
  process.env[variable] = JSON.stringify(address);
  return {
    address,
    stop: async () => {
      Reflect.deleteProperty(process.env, variable);
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The PostgreSQL of this test run. @throws Error when jest's global set-up did not start one */
export function testPostgres(): PostgresAddress {
  const address = givenAddress();
  if (address === null)
    throw new Error(
      'No PostgreSQL runs for this test: name it *.int.test.ts, so that jest’s global set-up starts one.',
    );
  return address;
}

function givenAddress(): PostgresAddress | null {
  const text = process.env[variable];
  return text === undefined ? null : (JSON.parse(text) as PostgresAddress);
}
