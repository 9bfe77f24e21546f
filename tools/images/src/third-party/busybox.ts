import { busybox as commands } from '../contents/busybox';
import { accounts } from '../contents/accounts';
import { folder, text } from '../oci/entry';
import { path, type ThirdParty } from './third-party';

/** Without it, a static program looks for libraries that tell how names are looked up, and crashes. */
const nameService = text('/etc/nsswitch.conf', 'hosts: files dns\n');

export const busybox: ThirdParty = {
  madeOf: 'Debian’s busybox-static',
  debian: ['busybox-static'],
  contents: async () => [...(await commands()), ...accounts(), nameService, folder('/tmp', 0o1777)],
  config: { Entrypoint: [], Cmd: ['sh'], Env: [path], User: '0:0', WorkingDir: '/' },
};
