import { findPostgres, type Address } from '@almanac/embedded-postgres';
import { databaseName, defaultDataDirectory } from '@almanac/host';
import { Option } from 'commander';

export const dataOption = (): Option =>
  new Option('--data <directory>', 'where the product keeps its data, as `npm start` shows it').default(
    defaultDataDirectory(),
  );

/**
 * The database of the Almanac that runs on this data directory.
 *
 * @throws Error saying how to start one
 */
export async function connectionTo(dataDirectory: string): Promise<Address & { readonly database: string }> {
  const address = await findPostgres(dataDirectory);
  if (address === undefined)
    throw new Error(`no Almanac runs on ${dataDirectory}; start it with \`npm start\`, or name its --data`);
  return { ...address, database: databaseName };
}
