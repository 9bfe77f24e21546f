import { readFile, rename, writeFile } from 'node:fs/promises';
import { generateSigningKeys, type SigningKeys } from '@almanac/web';

/** The keys that tokens are signed with: made the first time, so that a restart signs nobody out. */
export const keepSigningKeys = async (file: string): Promise<SigningKeys> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as SigningKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const keys = await generateSigningKeys();
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return keys;
};
