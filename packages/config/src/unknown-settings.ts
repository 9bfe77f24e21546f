import { distance } from 'fastest-levenshtein';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What names begin with that are nobody else's: one that is no setting is a mistake. */
const prefix = 'ALMANAC_';

/** What Kubernetes adds to the environment of pods for each Service, here for one called `almanac-…`. */
const ofServices = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** A sentence for each variable that begins with `ALMANAC_` and is no setting, with the nearest that is one. */
export function unknownSettings(names: readonly string[], env: Environment): string[] {
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.has(name) && !ofServices.test(name))
    .sort()
    .map((name) => {
      const nearest = nearestTo(name, names);
      return `${name} is set, but is no setting here${nearest ? `; the nearest is ${nearest}` : ''}`;
    });
}

const bare = (name: string): string => name.replace(prefix, '');

function nearestTo(name: string, names: readonly string[]): string | undefined {
  const far = (known: string): number => distance(bare(known), bare(name));
  return [...names].sort((a, b) => far(a) - far(b))[0];
}
