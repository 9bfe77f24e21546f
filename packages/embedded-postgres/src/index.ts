export { DatabaseUnavailable } from './database-unavailable';
export { findPostgres, type Address } from './find-postgres';
export {
  removePostgres,
  startPostgres,
  type Postgres,
  type PostgresOptions,
  type Progress,
  type Settings,
} from './start-postgres';
