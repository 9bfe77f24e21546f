import type { Release } from '../../../src';
import type { Quarantine } from '../../../src/environment';
import type { Decision, Step } from '../../../src/verdict';
import { instant, type Instant } from '../../../src/verdict';
import { release } from '../../support/files';
import type { Event, Flaw, Outage } from './events';

/** What an environment’s file says. */
export interface File {
  readonly release: Release;
  readonly stable: Release | undefined;
  readonly quarantined: readonly Quarantine[];
}

/** Seconds. Everything happens at multiples of it. */
export const tick = 5;
/** Seconds that Argo CD takes to see a push, and pods to get ready. */
const toSync = 5;
export const toStart = 10;

const instants: Instant[] = [];
const start = Date.parse('2026-11-21T00:00:00Z');
/** The instant so many seconds after the beginning. */
export const at = (seconds: number): Instant =>
  (instants[seconds] ??= instant(new Date(start + seconds * 1_000).toISOString()));

export const ours = 'local/production';

/** A cluster, a repository and the truth about its releases; small, and with no luck of its own. */
export interface World {
  now: number;
  /** The state branch, by environment. */
  files: Readonly<Record<string, File>>;
  /** `git log` of our file, newest first. */
  steps: Step[];
  readonly releases: Release[];
  readonly truth: Map<string, { readonly flaw: Flaw; readonly shows: number }>;
  /** The release that Argo CD has synced, and the one whose pods really run. */
  synced: { readonly release: Release; readonly since: number };
  running: Release;
  pushedAt: number;
  handsOn: boolean;
  readonly outages: Map<Outage, number>;
  blip: boolean;
  verifyingSince: Instant | undefined;
}

export function newWorld(): World {
  const first = release(1, { min: 0, max: 1 });
  return {
    now: 0,
    files: {
      [ours]: { release: first, stable: undefined, quarantined: [] },
      'local/dev': { release: first, stable: first, quarantined: [] },
    },
    steps: [{ kind: 'promotion', release: first, at: at(0), by: 'Grace' }],
    releases: [first],
    truth: new Map([[first.id, { flaw: 'none', shows: 0 }]]),
    synced: { release: first, since: 0 },
    running: first,
    pushedAt: 0,
    handsOn: false,
    outages: new Map(),
    blip: false,
    verifyingSince: undefined,
  };
}

/** Since when the flaw of the running release shows; undefined while it doesn’t. */
export function flawSince(world: World): number | undefined {
  const { flaw, shows } = world.truth.get(world.synced.release.id)!;
  const since = world.synced.since + (flaw === 'refused' ? 0 : shows * tick);
  const runs = flaw === 'refused' || world.running.id === world.synced.release.id;
  return flaw !== 'none' && runs && world.now >= since ? since : undefined;
}

export function happen(world: World, event: Event): void {
  switch (event.do) {
    case 'promote':
      return promote(world, event);
    case 'push again': {
      const again = world.releases.at(-event.which);
      if (again && again.id !== world.files[ours]!.release.id)
        push(world, { release: again }, { kind: 'promotion', release: again });
      return;
    }
    case 'roll back by hand': {
      const to = world.releases.at(-event.which);
      if (to) takeBack(world, to, 'Grace');
      return;
    }
    case 'resume':
      world.files = { ...world.files, [ours]: { ...world.files[ours]!, quarantined: [] } };
      return;
    case 'hands':
      world.handsOn = event.on;
      return;
    case 'outage':
      if (!event.begins) world.outages.delete(event.of);
      else if (!world.outages.has(event.of)) world.outages.set(event.of, world.now);
      return;
    case 'blip':
      world.blip = true;
      return;
    case 'take over':
      world.verifyingSince = undefined;
      return;
    case 'pass':
      return;
  }
}

function promote(world: World, { flaw, shows, contract }: Extract<Event, { do: 'promote' }>): void {
  const n = world.releases.length + 1;
  const min = world.releases.at(-1)!.schema['task-api']!.min;
  const next = release(n, { min: contract ? n : min, max: n });
  world.releases.push(next);
  world.truth.set(next.id, { flaw, shows });
  push(world, { release: next }, { kind: 'promotion', release: next });
}

type NewStep = { readonly release: Release } & (
  { readonly kind: 'promotion' } | { readonly kind: 'rollback'; readonly of: string }
);

function push(world: World, change: Partial<File>, step: NewStep, by = 'Grace'): void {
  world.files = { ...world.files, [ours]: { ...world.files[ours]!, ...change } };
  world.steps = [{ ...step, at: at(world.now), by }, ...world.steps];
  world.pushedAt = world.now;
}

/** As `planRollback` does it. */
function takeBack(world: World, to: Release, by: string): void {
  const { release: from, stable, quarantined } = world.files[ours]!;
  if (to.id === from.id) return;
  push(
    world,
    {
      release: to,
      stable: stable?.id === from.id ? undefined : stable,
      quarantined: [
        ...quarantined.filter(({ id }) => id !== from.id && id !== to.id),
        { id: from.id, at: at(world.now), because: 'it hurt' },
      ],
    },
    { kind: 'rollback', of: from.id, release: to },
    by,
  );
}

/** What the adapters make of a decision. */
export function apply(world: World, decision: Decision): void {
  const file = world.files[ours]!;
  world.verifyingSince = decision.do === 'verify' ? decision.since : undefined;
  if (decision.do === 'mark-stable')
    world.files = { ...world.files, [ours]: { ...file, stable: file.release } };
  if (decision.do === 'roll-back')
    takeBack(
      world,
      world.releases.find(({ id }) => id === decision.to)!,
      'rollback-controller',
    );
}

/** Time goes on; what comes by itself comes. */
export function pass(world: World, seconds: number = tick): void {
  world.now += seconds;
  world.blip = false;
  const { release: wanted } = world.files[ours]!;
  const syncs = !world.handsOn && !world.outages.has('argocd') && !world.outages.has('git');
  if (syncs && world.synced.release.id !== wanted.id && world.now >= world.pushedAt + toSync)
    world.synced = { release: wanted, since: world.now };
  if (!world.outages.has('stale') && world.truth.get(world.synced.release.id)!.flaw !== 'refused')
    world.running = world.synced.release;
}
