export * from './config-error';
export { loadConfig } from './load-config';
export * from './settings';
export type { Environment } from './unknown-settings';
