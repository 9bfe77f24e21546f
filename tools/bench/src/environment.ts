import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditSchema } from '@almanac/audit';
import { ensureDatabase, ensureRoles, migrateAll, ownerRole } from '@almanac/database';
import { startPostgres } from '@almanac/embedded-postgres';
import { userScopes } from '@almanac/kernel';
import { busSchema } from '@almanac/messaging';
import { realtimeSchema } from '@almanac/realtime';
import { taskApiSchema } from '@almanac/task-api';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Client } from 'pg';
import type { ServiceProcessConfig } from './service-process';

export type ServiceName = ServiceProcessConfig['services'][number];

export interface ServiceProcess {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

export interface Environment {
  /** The superuser, on the product's database. */
  readonly admin: Client;
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
  };
  tokenFor(userId: string): Promise<string>;
  /** Services in a process of their own, as an image would run them. */
  run(...services: ServiceName[]): Promise<ServiceProcess>;
  stop(): Promise<void>;
}

const database = 'almanac';
/** Of every role on the database of a benchmark. */
export const rolePassword = 'bench';
const schemas = [busSchema, taskApiSchema, auditSchema, realtimeSchema];
const issuer = 'https://bench.test';

/** A PostgreSQL as the product runs it (fsync on), which also notes when each transaction committed. */
export async function createEnvironment(): Promise<Environment> {
  const directory = await mkdtemp(join(tmpdir(), 'almanac-bench-'));
  await chmod(directory, 0o755); // run by root, the server has another account
  const postgres = await startPostgres({
    dataDirectory: directory,
    settings: {
      track_commit_timestamp: true,
      max_connections: 200,
      shared_buffers: '512MB',
      max_wal_size: '4GB',
    },
  });
  const connect = async (user: string, secret: string, name: string): Promise<Client> => {
    const client = new Client({
      host: postgres.host,
      port: postgres.port,
      user,
      password: secret,
      database: name,
    });
    await client.connect();
    return client;
  };
  const root = await connect(postgres.user, postgres.password, 'postgres');
  await ensureRoles(
    root,
    Object.fromEntries([ownerRole, ...schemas.map(({ role }) => role)].map((role) => [role, rolePassword])),
  );
  await ensureDatabase(root, database);
  await root.end();
  const owner = await connect(ownerRole, rolePassword, database);
  await migrateAll(owner, schemas);
  await owner.end();
  const admin = await connect(postgres.user, postgres.password, database);

  const keys = await generateKeyPair('EdDSA');
  const publicKey = { ...(await exportJWK(keys.publicKey)), alg: 'EdDSA', kid: 'bench' };
  const processes = new Set<ServiceProcess>();

  return {
    admin,
    postgres,
    tokenFor: (userId) =>
      new SignJWT({ scope: userScopes.join(' '), role: 'user' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'bench' })
        .setIssuer(issuer)
        .setAudience('almanac')
        .setSubject(userId)
        .setIssuedAt()
        .setExpirationTime('6h')
        .sign(keys.privateKey),
    run: async (...services) => {
      const config: ServiceProcessConfig = {
        services,
        issuer,
        publicKey,
        database: { host: postgres.host, port: postgres.port, database, password: rolePassword },
      };
      const child = fork(join(__dirname, 'service-process.ts'), [JSON.stringify(config)]);
      const url = await addressOf(child);
      const running: ServiceProcess = {
        pid: child.pid!,
        url,
        stop: async () => {
          processes.delete(running);
          child.kill('SIGTERM');
          await once(child, 'exit');
        },
      };
      processes.add(running);
      return running;
    },
    stop: async () => {
      for (const running of processes) await running.stop();
      await admin.end();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('message', (url) => resolve(url as string));
    child.once('exit', (code) =>
      reject(new Error(`a service process ended with ${code} before it was ready`)),
    );
  });
