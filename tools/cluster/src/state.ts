import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '@almanac/config';
import { z } from 'zod';
import type { ProviderName } from './providers/provider';

const environment = z.object({ XDG_STATE_HOME: z.string().optional() });

/** Where programs keep what outlives them but isn't worth a backup (XDG Base Directory Specification). */
const stateHome = (): string => {
  if (process.getuid?.() === 0) return '/var/lib';
  const { XDG_STATE_HOME } = loadConfig(environment, undefined, () => undefined);
  return XDG_STATE_HOME?.startsWith('/') ? XDG_STATE_HOME : join(homedir(), '.local', 'state');
};

/** The folder in which each cluster of this machine has a folder. */
export const clustersDirectory = (): string => join(stateHome(), 'almanac', 'clusters');

/** Files of one cluster on this machine. Everything is absolute. */
export const filesOf = (directory: string) => ({
  settings: join(directory, 'settings.json'),
  secrets: join(directory, 'secrets.json'),
  /** What the git server serves: `almanac.git` and `upstream/*.git`. */
  served: join(directory, 'git'),
  repository: join(directory, 'git', 'almanac.git'),
  upstream: join(directory, 'git', 'upstream'),
  /** Our own clone of it, in which releases are read and written. */
  clone: join(directory, 'clone.git'),
  /** Where the hook of a push finds the server. */
  socket: join(directory, 'received.sock'),
  /** A checkout of the commit that is being built. */
  worktree: join(directory, 'worktree'),
  images: join(directory, 'images'),
  /** A checkout of the manifests that the cluster begins with. */
  bootstrap: join(directory, 'bootstrap'),
  logs: join(directory, 'logs'),
});

export type ClusterFiles = ReturnType<typeof filesOf>;

/** What was decided when the cluster was made, and stays so. */
export interface Settings {
  readonly provider: ProviderName;
  /** For `context`: which, and where its pods reach this machine. */
  readonly context?: string;
  readonly hostAddress?: string;
  /** Of this machine, where the page is. */
  readonly port: number;
  /** Of this machine, where the git server is. */
  readonly gitPort: number;
}

/** Writes a file so that a reader sees all of it or none. */
const writeWhole = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, content, { mode: 0o600 });
  await rename(aside, file);
};

const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

/** @returns undefined if this cluster was never begun */
export const readSettings = async ({ settings }: ClusterFiles): Promise<Settings | undefined> => {
  const text = await readIfThere(settings);
  return text === undefined ? undefined : (JSON.parse(text) as Settings);
};

export const writeSettings = ({ settings }: ClusterFiles, values: Settings): Promise<void> =>
  writeWhole(settings, `${JSON.stringify(values, null, 2)}\n`);

export interface Secrets {
  /** Signs the webhooks of this cluster's git server. */
  readonly webhook: string;
  /** Signs the sessions of Argo CD. */
  readonly sessions: string;
}

/** Secrets of this cluster that begin on this machine; made the first time. */
export const secretsOf = async ({ secrets: file }: ClusterFiles): Promise<Secrets> => {
  const kept = await readIfThere(file);
  if (kept !== undefined) return JSON.parse(kept) as Secrets;
  const random = () => randomBytes(32).toString('base64url');
  const secrets = { webhook: random(), sessions: random() };
  await writeWhole(file, JSON.stringify(secrets));
  return secrets;
};
