import fc from 'fast-check';

/** What is wrong with a release, in truth; what shows of it is another matter. */
export type Flaw = 'none' | 'crashes' | 'no image' | 'errors' | 'refused' | 'never ready';

/** What can go wrong around it. */
export const outages = [
  'database',
  'registry',
  'node',
  'neighbour',
  'argocd',
  'git',
  'kubernetes',
  'prometheus',
  'stale',
] as const;
export type Outage = (typeof outages)[number];

export type Event =
  | { readonly do: 'promote'; readonly flaw: Flaw; readonly shows: number; readonly contract: boolean }
  /** A person pushes a release that ran here before, quarantined or not. */
  | { readonly do: 'push again'; readonly which: number }
  | { readonly do: 'roll back by hand'; readonly which: number }
  | { readonly do: 'resume' }
  | { readonly do: 'hands'; readonly on: boolean }
  | { readonly do: 'outage'; readonly of: Outage; readonly begins: boolean }
  /** One pod can’t get its image, for a moment. */
  | { readonly do: 'blip' }
  /** Another controller takes over, and knows what git and the cluster know. */
  | { readonly do: 'take over' }
  | { readonly do: 'pass'; readonly ticks: number };

const promote = (flaw: fc.Arbitrary<Flaw>): fc.Arbitrary<Event> =>
  fc.record({
    do: fc.constant('promote'),
    flaw,
    shows: fc.integer({ min: 0, max: 8 }),
    contract: fc.integer({ min: 0, max: 9 }).map((one) => one === 9),
  });

const pass: fc.Arbitrary<Event> = fc.record({
  do: fc.constant('pass'),
  ticks: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 30 })),
});

const happening: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: pass },
  {
    weight: 4,
    arbitrary: promote(
      fc.constantFrom<Flaw>('none', 'none', 'crashes', 'no image', 'errors', 'refused', 'never ready'),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('outage'),
      of: fc.constantFrom(...outages),
      begins: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('push again', 'roll back by hand'),
      which: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Event>({ do: 'resume' }, { do: 'blip' }, { do: 'take over' }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hands'), on: fc.constantFrom(true, true, false) }) },
);

/** Anything, in any order. */
export const anything: fc.Arbitrary<readonly Event[]> = fc.array(happening, { maxLength: 24, size: 'max' });

/** Releases without a flaw, and nothing else. */
export const quiet: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(promote(fc.constant<Flaw>('none')), pass, fc.constant<Event>({ do: 'take over' })),
  { maxLength: 12 },
);
