import { goProgram } from './go-program';

export const localPathProvisioner = goProgram('local-path-provisioner', '/usr/bin/local-path-provisioner');
