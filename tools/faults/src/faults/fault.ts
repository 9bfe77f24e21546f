import type { Load } from '../load';
import type { Random } from '../random';
import type { Stage } from '../stage';

/** Something that goes wrong under load. */
export interface Fault {
  readonly name: string;
  readonly about: string;
  /**
   * Breaks something. Resolves when it is broken.
   * @throws Error when it could not be broken as meant: a run without its fault shows nothing
   */
  inject(stage: Stage, load: Load, random: Random): Promise<void>;
  /** Brings back what doesn't come back by itself. Nothing, when it is left out. */
  mend?(stage: Stage): Promise<unknown>;
}
