import { run } from '../processes';
import { bare } from './bare';
import { createContextProvider } from './context';
import { createKindProvider } from './kind';
import type { Provider, ProviderName } from './provider';

export const providers: Readonly<Record<ProviderName, Provider>> = {
  kind: createKindProvider(run),
  bare,
  context: createContextProvider(run),
};

/** In the order of preference. A cluster that is there already isn't ours to fill: it has to be asked for. */
const unasked: readonly ProviderName[] = ['kind', 'bare'];

/** No provider works here. The message says what each of them lacks. */
export class NoProvider extends Error {
  override readonly name = 'NoProvider';
}

/**
 * The way to a cluster on this machine: `kind` where a Docker engine answers, else `bare` as root on Linux.
 * @param asked the one the person wants; no other is tried then
 * @throws NoProvider
 */
export async function chooseProvider(asked?: ProviderName, all = providers): Promise<Provider> {
  const reasons: string[] = [];
  for (const name of asked === undefined ? unasked : [asked]) {
    const reason = await all[name].available();
    if (reason === null) return all[name];
    reasons.push(`  ${name}: ${reason}`);
  }
  throw new NoProvider(
    [
      asked === undefined ? 'There is no way to a cluster on this machine:' : `${asked} doesn’t work here:`,
      ...reasons,
      ...(asked === undefined ? ['A cluster that you have already is used by --provider context.'] : []),
    ].join('\n'),
  );
}
