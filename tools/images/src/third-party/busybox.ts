import { busybox as commands } from '../contents/busybox';
import { accounts } from '../contents/accounts';
import { folder } from '../oci/entry';
import { path, type ThirdParty } from './third-party';

export const busybox: ThirdParty = {
  madeOf: 'Debian’s busybox-static',
  debian: ['busybox-static'],
  contents: async () => [...(await commands()), ...accounts(), folder('/tmp', 0o1777)],
  config: { Entrypoint: [], Cmd: ['sh'], Env: [path], User: '0:0', WorkingDir: '/' },
};
