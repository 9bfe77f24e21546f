export { defaultDataDirectory } from './data-directory';
export { demoAccount } from './demo';
export { databaseName } from './prepare-database';
