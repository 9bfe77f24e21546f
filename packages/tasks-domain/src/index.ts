export * from './due';
export * from './task';
