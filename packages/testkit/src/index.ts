export * from './chromium';
export * from './clock';
export * from './database';
export * from './open-loop';
export * from './percentile';
export * from './postgres';
export * from './scheduler';
export * from './wait-until';
