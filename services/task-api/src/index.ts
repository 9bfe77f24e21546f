export { createTaskApi, type TaskApiConfig } from './app';
export { taskApiSchema } from './persistence/schema';
