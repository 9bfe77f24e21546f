export * from './migration-set';
export { schemas } from './schemas';
