import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { faultNamed, type Fault } from './faults';
import type { Harm } from './invariants';
import type { Ledger } from './load';
import type { Server } from './postgres';
import { openStage, type Stage } from './stage';
import { runTrial, type Trial } from './trial';
import type { PlantedBug } from './victim/planted-bugs';

export interface Campaign {
  readonly server: Server;
  /** For logs and evidence. */
  readonly directory: string;
  /** The first trial's; the next one has the next number. */
  readonly seed: number;
  /** Ends it after the trial that runs. */
  readonly signal: AbortSignal;
}

/** What a fault's trials came to. */
export interface Summary {
  readonly fault: string;
  readonly trials: number;
  readonly operations: number;
  readonly harms: Readonly<Record<Harm, number>>;
  readonly publishedAgain: number;
  /** Milliseconds, of each trial. */
  readonly answersAfter: readonly number[];
  readonly restAfter: readonly number[];
  /** What went wrong, in words, with how to see it again. */
  readonly complaints: readonly string[];
}

/**
 * Plays a fault many times on one stage: what one trial leaves behind, the next one has to live with.
 * After a trial that failed comes a new stage.
 */
export async function playFault(
  fault: Fault,
  times: number,
  campaign: Campaign,
  onProgress: (done: number) => void,
): Promise<Summary> {
  const { seed: firstSeed, signal } = campaign;
  const trials: Trial[] = [];
  const complaints: string[] = [];
  let stage: Stage | null = null;
  let past: Ledger | undefined;
  try {
    for (let seed = firstSeed; seed < firstSeed + times && !signal.aborted; seed++) {
      const again = `npm run faults -- --only ${fault.name} --times 1 --seed ${seed}`;
      if (stage === null) {
        stage = await openStage(campaign);
        past = undefined;
        await stage.startVictim();
      }
      let trial: Trial | null = null;
      try {
        trial = await runTrial(stage, fault, seed, { past });
        trials.push(trial);
        past = trial.evidence.ledger;
        if (trial.violations.length > 0)
          complaints.push(
            ...trial.violations.slice(0, 8).map(({ invariant, what }) => `${invariant}: ${what}`),
            `all ${trial.violations.length} of them, with the ledger: ${await keepEvidence(campaign, trial)}; again: ${again}`,
          );
      } catch (error) {
        complaints.push(`${(error as Error).message}; log: ${stage.log}; again: ${again}`);
      }
      if (trial === null || trial.violations.length > 0) {
        await stage.close();
        stage = null;
      }
      onProgress(seed - firstSeed + 1);
    }
  } finally {
    await stage?.close();
  }
  return { fault: fault.name, complaints, ...sumUp(trials) };
}

function sumUp(trials: readonly Trial[]): Omit<Summary, 'fault' | 'complaints'> {
  const harms: Record<Harm, number> = { lost: 0, doubled: 0, disordered: 0, other: 0 };
  for (const { violations } of trials) for (const { harm } of violations) harms[harm]++;
  return {
    trials: trials.length,
    operations: sum(trials.flatMap(({ operations }) => Object.values(operations))),
    publishedAgain: sum(trials.map(({ publishedAgain }) => publishedAgain)),
    harms,
    answersAfter: trials.map(({ answersAfter }) => answersAfter),
    restAfter: trials.map(({ restAfter }) => restAfter),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

async function keepEvidence({ directory }: Campaign, { fault, seed, violations, evidence }: Trial) {
  const file = join(directory, 'evidence', `${fault}-${seed}.json`);
  await mkdir(join(directory, 'evidence'), { recursive: true });
  await writeFile(file, JSON.stringify({ fault, seed, violations, ...evidence }, null, 1));
  return file;
}

export interface Hunt {
  readonly bug: string;
  /** The trial in which the checker found it; null when it never did. */
  readonly caughtIn: number | null;
  /** The invariants that it breaks. */
  readonly by: readonly string[];
}

/** Tries to find a planted bug by the fault under which it does harm, each time on a new stage. */
export async function huntBug(bug: PlantedBug, tries: number, campaign: Campaign): Promise<Hunt> {
  for (let attempt = 1; attempt <= tries && !campaign.signal.aborted; attempt++) {
    const stage = await openStage({ ...campaign, bug: bug.name });
    try {
      await stage.startVictim();
      const { violations } = await runTrial(stage, faultNamed(bug.fault), campaign.seed + attempt - 1, {
        restWithin: 3_000,
      });
      const by = [...new Set(violations.map(({ invariant }) => invariant))];
      if (by.length > 0) return { bug: bug.name, caughtIn: attempt, by };
    } finally {
      await stage.close();
    }
  }
  return { bug: bug.name, caughtIn: null, by: [] };
}
