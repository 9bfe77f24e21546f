export * from './actor';
export * from './clock';
export * from './errors';
export * from './ids';
export * from './use-case';
