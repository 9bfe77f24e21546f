export { defaultDataDirectory } from './data-directory';
export { databaseName } from './prepare-database';
