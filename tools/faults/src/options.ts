import { parseArgs } from 'node:util';
import { disturbances } from './cluster/disturbances';
import { faults } from './faults';
import { plantedBugs } from './victim/planted-bugs';

export interface Options {
  readonly help: boolean;
  readonly list: boolean;
  readonly planted: boolean;
  readonly times: number;
  /** Parts of names; all of them when there is none. */
  readonly only: readonly string[];
  /** Null: a new one. */
  readonly seed: number | null;
  /** The cluster whose pods are taken; null: none, the faults of this machine are played. */
  readonly cluster: string | null;
  /** To a cluster, at least. */
  readonly requests: number;
}

/**
 * @param args what stands behind `npm run faults --`
 * @throws Error for an option or a value that makes no sense
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      list: { type: 'boolean', default: false },
      planted: { type: 'boolean', default: false },
      times: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      cluster: { type: 'string' },
      requests: { type: 'string', default: '50000' },
    },
  });
  const { help, list, planted, times, seed, cluster = null, requests } = values;
  return {
    help,
    list,
    planted,
    times: times === undefined ? (planted ? 3 : 20) : positiveInteger('--times', times),
    only: values.only.flatMap((names) => names.split(',')),
    seed: seed === undefined ? null : positiveInteger('--seed', seed),
    cluster,
    requests: positiveInteger('--requests', requests),
  };
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${option} takes a whole number from 1 on, not ${text}`);
  return value;
}

/** Those whose name contains one of the parts. @throws Error when there is none */
export function choose<Item extends { readonly name: string }>(
  items: readonly Item[],
  { only }: Options,
): readonly Item[] {
  const chosen = items.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new Error(`nothing is called like ${only.join(' or ')}; see --list`);
  return chosen;
}

export const help = `npm run faults                            every fault 20 times, under load
npm run faults -- --only relay,database   those whose name contains one of these
npm run faults -- --times 1 --seed 4711   the trial that said so: same wishes, same moment as far as
                                          a seed can tell; the scheduling of the machine is its own
npm run faults -- --planted               does the checker find the bugs planted into the product?
                                          each has three trials (--times)
npm run faults -- --list                  all faults and planted bugs
npm run faults -- --cluster local         takes the pods of a cluster that npm run cluster made while
                                          production is used: 50,000 requests (--requests), none may fail

It starts a PostgreSQL of its own in a temporary folder. The exit code is 0 when nothing was lost,
doubled or disordered and every fault could be brought about; with --planted, when all bugs were found.`;

const list = (items: readonly { readonly name: string; readonly about: string }[]): string =>
  items.map(({ name, about }) => `  ${name.padEnd(30)} ${about}`).join('\n');

export const listing = (): string =>
  `Faults\n${list(faults)}\n\nPlanted bugs\n${list(plantedBugs)}\n\nOn a cluster\n${list(disturbances)}`;
