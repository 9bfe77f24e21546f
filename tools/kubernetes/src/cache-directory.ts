import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@almanac/config';
import { z } from 'zod';

const environment = z.object({ XDG_CACHE_HOME: z.string().optional() });

/** Where what can be made again is kept, outside the repository (XDG Base Directory Specification). */
export const cacheDirectory = (): string => {
  const { XDG_CACHE_HOME } = loadConfig(environment, undefined, () => undefined);
  const base = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(base, 'almanac');
};
