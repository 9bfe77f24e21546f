import type { Contents } from './contents';
import type { Fault } from './faults';
import { findViolations, operationOf, type Violation } from './invariants';
import { startLoad, type Ledger, type Operation } from './load';
import { createRandom } from './random';
import type { Stage } from './stage';
import type { Victim } from './victim-process';

export interface Trial {
  readonly fault: string;
  readonly seed: number;
  /** How many operations this trial sent, and how they ended. */
  readonly operations: Readonly<Record<Operation['outcome'], number>>;
  /** Everything that is wrong; empty when the product did what it promises. */
  readonly violations: readonly Violation[];
  /** Milliseconds from the end of the fault (for a killed process: from its new start) to the next acknowledgement. */
  readonly answersAfter: number;
  /** Milliseconds from the end of the load until nothing was on its way any more. */
  readonly restAfter: number;
  /** How many events were published a second time: what consumers have to see through. */
  readonly publishedAgain: number;
  /** What was compared, for whoever looks into a violation. */
  readonly evidence: Evidence;
}

export interface Evidence {
  /** With what earlier trials on the stage sent. */
  readonly ledger: Ledger;
  readonly contents: Contents;
}

export interface TrialOptions {
  /** The ledger of the trial before on the same stage. */
  readonly past?: Ledger | undefined;
  /** Milliseconds for everything to come to rest (I9). */
  readonly restWithin?: number;
}

const noLedger: Ledger = { operations: [], surprises: [] };

/**
 * One fault on one stage: load, fault, comparison of what is stored at that moment, mending, a little
 * more load, rest, comparison of everything.
 *
 * @throws Error when the fault could not be brought about, or the product doesn't come back
 */
export async function runTrial(
  stage: Stage,
  fault: Fault,
  seed: number,
  { past = noLedger, restWithin = 20_000 }: TrialOptions = {},
): Promise<Trial> {
  const random = createRandom(seed);
  const load = startLoad(stage.url, random.fork());
  const ledger = (): Ledger => ({
    operations: [...past.operations, ...load.ledger.operations],
    surprises: [...past.surprises, ...load.ledger.surprises],
  });
  const violations: Violation[] = [];
  try {
    await load.acknowledged(10);
    await fault.inject(stage, load, random.fork());
    if (stage.server.isUp()) violations.push(...(await findViolationsNow(stage, ledger)));

    const over = performance.now();
    await fault.mend?.(stage);
    const end = endOf(stage.victim());
    end.catch(() => undefined); // after the trial it may
    await Promise.race([load.acknowledged(1), end]);
    const answersAfter = performance.now() - over;
    await Promise.race([load.acknowledged(20), end]);
    await Promise.race([load.stop(), end]);

    const stopped = performance.now();
    await stage.rest(restWithin).catch((error: unknown) => {
      violations.push({ invariant: 'I9', harm: 'other', what: (error as Error).message });
    });
    const restAfter = performance.now() - stopped;
    const contents = await stage.readContents();
    violations.push(...findViolations(ledger(), contents, 'at rest'), ...(await chainProblems(stage)));
    return {
      fault: fault.name,
      seed,
      operations: countOutcomes(load.ledger),
      violations: distinct(violations),
      answersAfter,
      restAfter,
      publishedAgain: countRepetitions(contents, load.ledger),
      evidence: { ledger: ledger(), contents },
    };
  } finally {
    load.abandon();
  }
}

/** Rejects when the product ends though nobody killed it. */
async function endOf({ ended }: Victim): Promise<never> {
  throw new Error(`the product ended by itself: ${await ended}`);
}

/**
 * Compares in the middle of things: what was acknowledged before the look must be there; what was
 * begun meanwhile may be.
 */
async function findViolationsNow(stage: Stage, ledger: () => Ledger): Promise<Violation[]> {
  const { operations: before, surprises } = structuredClone(ledger());
  const contents = await stage.readContents();
  const since = ledger().operations.slice(before.length);
  const operations = [...before, ...since.map((wish) => ({ ...wish, outcome: 'unknown' as const }))];
  return findViolations({ operations, surprises }, contents, 'always');
}

async function chainProblems(stage: Stage): Promise<Violation[]> {
  const report = await stage.victim().tell({ do: 'verify-chain' });
  const problems = report.said === 'verified' ? report.problems : [];
  return problems.map((what) => ({ invariant: 'I12', harm: 'other', what }));
}

const countOutcomes = ({ operations }: Ledger): Trial['operations'] => {
  const counts = { acknowledged: 0, refused: 0, unknown: 0 };
  for (const { outcome } of operations) counts[outcome]++;
  return counts;
};

const countRepetitions = ({ log }: Contents, { operations }: Ledger): number => {
  const own = new Set(operations.map(({ id }) => id));
  const ids = log.filter(({ event }) => own.has(operationOf(event))).map(({ event }) => event.id);
  return ids.length - new Set(ids).size;
};

/** The same thing may be wrong at the crash and at rest. */
const distinct = (violations: readonly Violation[]): Violation[] => [
  ...new Map(violations.map((violation) => [`${violation.invariant} ${violation.what}`, violation])).values(),
];
