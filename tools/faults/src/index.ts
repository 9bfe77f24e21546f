export { disturbances } from './cluster/disturbances';
export type { Target } from './cluster/target';
export { underLoad } from './cluster/under-load';
