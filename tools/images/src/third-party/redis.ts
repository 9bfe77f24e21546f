import { accounts, userOf } from '../contents/accounts';
import { busybox } from '../contents/busybox';
import { librariesOf } from '../contents/libraries';
import { executable, folder, script } from '../oci/entry';
import { path, type ThirdParty } from './third-party';

const redisUser = { name: 'redis', uid: 999, gid: 1000, home: '/data' };
const programs = ['/usr/bin/redis-server', '/usr/bin/redis-cli'];

/** As the official one: `args: [--save, '']` alone are arguments of the server. */
const entrypoint = `#!/bin/sh
set -e
case "\${1:-}" in
  '' | -* | *.conf) set -- redis-server "$@" ;;
esac
exec "$@"
`;

export const redis: ThirdParty = {
  madeOf: 'Debian’s redis-server',
  debian: ['busybox-static', 'redis-server'],
  contents: async () => [
    ...(await busybox()),
    ...programs.map((program) => executable(program, program)),
    ...(await librariesOf(programs)),
    script('/usr/local/bin/docker-entrypoint.sh', entrypoint),
    ...accounts(redisUser),
    folder('/data', 0o755, redisUser),
    folder('/tmp', 0o1777),
  ],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['redis-server'],
    Env: [path],
    User: userOf(redisUser),
    WorkingDir: '/data',
  },
};
