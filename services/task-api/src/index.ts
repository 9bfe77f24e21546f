export { createTaskApi, type TaskApiConfig, type TaskApiPorts } from './app';
export { taskApiSchema } from './persistence/schema';
