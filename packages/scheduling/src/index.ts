export * from './bullmq/bullmq-scheduler';
export * from './bullmq/postgres-store';
export * from './job-scheduler';
