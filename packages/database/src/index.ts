export * from './connection';
export * from './data-source';
export * from './keyset';
export * from './migrations';
export * from './notifications';
export * from './provision';
export * from './row-level-security';
export * from './unit-of-work';
