export * from './account';
export * from './api';
export * from './audit';
export * from './events';
export * from './problem';
export * from './sync';
export * from './tasks';
export * from './topics';
