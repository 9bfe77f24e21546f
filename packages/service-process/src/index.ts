export * from './bus-housekeeping';
export * from './jobs';
export * from './run-service';
