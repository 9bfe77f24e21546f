export * from './migration-set';
export { schemas } from './schemas';
export { randomSecrets } from './secrets';
