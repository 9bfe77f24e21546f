import { goProgram } from './go-program';

export const coredns = goProgram('coredns', '/coredns');
