import { choosePort, UsageError } from '@almanac/command-line';
import type { Arguments } from '../arguments';
import { chooseProvider } from '../providers';
import { readSettings, writeSettings, type ClusterFiles, type Settings } from '../state';

/** First of the ports tried for the git server. */
const gitPort = 8418; // git's own is 9418

/**
 * What this cluster was begun with; decided now if it wasn't.
 *
 * @throws UsageError when what is asked for doesn’t fit what it was begun with, or can’t be had
 * @throws NoProvider
 */
export const settle = async (
  files: ClusterFiles,
  { name, provider, context, hostAddress, port }: Arguments,
): Promise<Settings> => {
  const kept = await readSettings(files);
  if (kept === undefined) {
    const settings: Settings = {
      provider: (await chooseProvider(provider)).name,
      ...(context !== undefined && { context }),
      ...(hostAddress !== undefined && { hostAddress }),
      port: (await choosePort(port)).port,
      gitPort: (await choosePort(undefined, gitPort)).port,
    };
    await writeSettings(files, settings);
    return settings;
  }
  if (provider !== undefined && provider !== kept.provider)
    throw new UsageError(
      `The cluster ${name} runs by ${kept.provider}. Another beside it: --name <name>; or end it first: npm run cluster -- down --wipe`,
    );
  if (port === undefined || port === kept.port) return kept;
  const settings = { ...kept, port: (await choosePort(port)).port };
  await writeSettings(files, settings);
  return settings;
};
