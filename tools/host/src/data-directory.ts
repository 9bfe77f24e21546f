import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@almanac/config';
import { z } from 'zod';

const environment = z.object({ XDG_DATA_HOME: z.string().optional() });

export interface Person {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly home: string;
  /** Where the person wants data kept (XDG Base Directory Specification); ignored unless absolute. */
  readonly xdgDataHome: string | undefined;
}

/** Where programs of this person keep data by the customs of the system. */
export const dataDirectoryOf = ({ platform, isRoot, home, xdgDataHome }: Person): string => {
  if (isRoot) return '/var/lib/almanac';
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Almanac');
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'Almanac');
  const base = xdgDataHome?.startsWith('/') ? xdgDataHome : join(home, '.local', 'share');
  return join(base, 'almanac');
};

/** Where data is kept unless `--data` says otherwise. */
export const defaultDataDirectory = (): string => {
  // A custom of the system: it says nothing about which of Almanac's own settings there are.
  const { XDG_DATA_HOME } = loadConfig(environment, undefined, () => undefined);
  return dataDirectoryOf({
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    home: homedir(),
    xdgDataHome: XDG_DATA_HOME,
  });
};
