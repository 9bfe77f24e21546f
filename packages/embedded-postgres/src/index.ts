export { DatabaseUnavailable } from './database-unavailable';
export {
  removePostgres,
  startPostgres,
  type Postgres,
  type PostgresOptions,
  type Progress,
  type Settings,
} from './start-postgres';
