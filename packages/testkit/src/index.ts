export * from './chromium';
export * from './clock';
export * from './database';
export * from './postgres';
export * from './scheduler';
export * from './wait-until';
