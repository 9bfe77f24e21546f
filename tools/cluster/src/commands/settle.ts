import { choosePort, UsageError } from '@almanac/command-line';
import type { Arguments } from '../arguments';
import { providers } from '../providers';
import type { ProviderName } from '../providers/provider';
import { readSettings, writeSettings, type ClusterFiles, type Settings } from '../state';

/** Those that are taken without being named, the first first. Somebody's own cluster isn't one of them. */
const byThemselves: readonly ProviderName[] = ['kind', 'bare'];

/**
 * @throws UsageError saying what is in the way of each
 */
const chooseProvider = async (wanted: ProviderName | undefined): Promise<ProviderName> => {
  const obstacles: string[] = [];
  for (const name of wanted === undefined ? byThemselves : [wanted]) {
    const obstacle = await providers[name].available();
    if (obstacle === null) return name;
    obstacles.push(`${name}: ${obstacle.replaceAll('\n', '\n  ')}`);
  }
  const own = wanted === undefined ? ['Or a cluster you have: npm run cluster -- --provider context'] : [];
  throw new UsageError(['There can be no cluster here yet.', ...obstacles, ...own].join('\n'));
};

/** First of the ports tried for the git server. */
const gitPort = 8418; // git's own is 9418

/**
 * What this cluster was begun with; decided now if it wasn't.
 *
 * @throws UsageError when what is asked for doesn't fit what it was begun with, or can't be had
 */
export const settle = async (
  files: ClusterFiles,
  { name, provider, context, hostAddress, port }: Arguments,
): Promise<Settings> => {
  const kept = await readSettings(files);
  if (kept === undefined) {
    const settings: Settings = {
      provider: await chooseProvider(provider),
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
