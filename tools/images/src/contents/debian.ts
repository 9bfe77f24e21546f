import { access } from 'node:fs/promises';
import { MissingTool } from '@almanac/kubernetes';

/** What we take from Debian's packages (and from those of its kin): a file that shows each is there. */
const packages = {
  'busybox-static': '/bin/busybox',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
  git: '/usr/lib/git-core/git-remote-http',
  gpg: '/usr/bin/gpg',
  'gpg-agent': '/usr/bin/gpg-agent',
  'openssh-client': '/usr/bin/ssh',
  'postgresql-client': '/usr/bin/psql',
  'redis-server': '/usr/bin/redis-server',
  tini: '/usr/bin/tini',
} as const;

export type DebianPackage = keyof typeof packages;

export const certificates = packages['ca-certificates'];

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Which of these packages this machine lacks, each once.
 *
 * @param isThere whether this machine has a file
 */
export async function missingPackages(
  names: readonly DebianPackage[] = Object.keys(packages) as DebianPackage[],
  isThere: (file: string) => Promise<boolean> = exists,
): Promise<readonly DebianPackage[]> {
  const missing: DebianPackage[] = [];
  for (const name of [...new Set(names)].sort()) if (!(await isThere(packages[name]))) missing.push(name);
  return missing;
}

/**
 * Sees to it that these packages are installed.
 *
 * @param isThere whether this machine has a file
 * @throws MissingTool that names all that are missing, with the command that installs them
 */
export async function requirePackages(names: readonly DebianPackage[], isThere = exists): Promise<void> {
  const missing = await missingPackages(names, isThere);
  if (missing.length === 0) return;
  throw new MissingTool(
    `Images are made of Debian packages that this machine lacks: ` +
      `apt-get install -y --no-install-recommends ${missing.join(' ')}`,
  );
}
