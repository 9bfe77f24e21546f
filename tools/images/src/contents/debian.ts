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

const isMissing = async (name: DebianPackage): Promise<boolean> =>
  access(packages[name]).then(
    () => false,
    () => true,
  );

/**
 * Sees to it that these packages are installed.
 *
 * @throws MissingTool that names all that are missing, with the command that installs them
 */
export async function requirePackages(names: readonly DebianPackage[]): Promise<void> {
  const wanted = [...new Set(names)].sort();
  const missing = (await Promise.all(wanted.map(isMissing))).flatMap((is, index) =>
    is ? wanted[index]! : [],
  );
  if (missing.length === 0) return;
  throw new MissingTool(
    `Images are made of Debian packages that this machine lacks: apt-get install -y --no-install-recommends ${missing.join(' ')}`,
  );
}
