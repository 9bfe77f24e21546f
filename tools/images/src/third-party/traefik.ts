import { goProgram } from './go-program';

export const traefik = goProgram('traefik', '/usr/local/bin/traefik');
