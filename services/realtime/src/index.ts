export { createRealtime, type RealtimeConfig, type RealtimePorts } from './app';
export { realtimeSchema } from './persistence/schema';
