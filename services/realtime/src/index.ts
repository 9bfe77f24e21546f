export { createRealtime, type RealtimeConfig } from './app';
export { realtimeSchema } from './persistence/schema';
