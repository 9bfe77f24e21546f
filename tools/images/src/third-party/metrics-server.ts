import { goProgram } from './go-program';

export const metricsServer = goProgram('metrics-server', '/metrics-server');
