import { rm } from 'node:fs/promises';
import { removePostgres } from '@almanac/embedded-postgres';
import { filesIn } from './start-almanac';

/** Deletes what Almanac keeps in a folder, and leaves the folder and whatever else is in it. */
export const deleteData = async (dataDirectory: string): Promise<void> => {
  await removePostgres({ dataDirectory });
  const { signingKeys, log } = filesIn(dataDirectory);
  for (const file of [signingKeys, log, `${log}.previous`]) await rm(file, { force: true });
};
