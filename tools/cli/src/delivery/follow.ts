import { setTimeout as pause } from 'node:timers/promises';
import type { EnvironmentFile, Release } from '@almanac/gitops';
import { isVerified, look } from './assess';
import { Unreachable, type ClusterView } from './cluster-view';

export interface FollowOptions {
  /** ms */
  readonly timeout: number;
  /** Between two looks, in ms. */
  readonly interval?: number;
  /** Is told what is missing, each time that is something else. */
  readonly say: (missing: readonly string[]) => void;
}

/** The release didn’t run as it should in time; the message says what hung. */
export class NotVerified extends Error {
  override readonly name = 'NotVerified';
}

/**
 * Waits until a release runs as it should.
 *
 * @throws NotVerified with what is missing, when the time is over
 */
export async function follow(
  view: ClusterView,
  environment: EnvironmentFile,
  release: Release,
  { timeout, interval = 1_000, say }: FollowOptions,
): Promise<void> {
  const end = performance.now() + timeout;
  let said = '';
  for (;;) {
    const missing = await missingOf(view, environment, release);
    if (missing.length === 0) return;
    if (missing.join() !== said) say(missing);
    said = missing.join();
    if (performance.now() + interval > end)
      throw new NotVerified(
        [
          `${environment.name} doesn’t run ${release.id} as it should after ${timeout / 1000} s; what is missing:`,
          ...missing.map((line) => `  ${line}`),
          `It may still come: \`almanac status ${environment.name}\`. To take it back: \`almanac rollback ${environment.name}\``,
        ].join('\n'),
      );
    await pause(interval);
  }
}

/**
 * Looks at a release, and again as long as its environment is settling: a push is often promoted the moment
 * it is over.
 *
 * @param timeout ms
 * @returns what is missing then
 */
export async function settled(
  view: ClusterView,
  environment: EnvironmentFile,
  release: Release,
  { timeout, interval = 1_000, say }: FollowOptions,
): Promise<readonly string[]> {
  const end = performance.now() + timeout;
  for (;;) {
    const { missing, settling } = await look(view, environment, release);
    if (missing.length === 0 || !settling || performance.now() + interval > end) return missing;
    say(missing);
    await pause(interval);
  }
}

/** A cluster may be away for a moment while it changes. */
async function missingOf(
  view: ClusterView,
  environment: EnvironmentFile,
  release: Release,
): Promise<readonly string[]> {
  try {
    const assessment = await look(view, environment, release);
    return isVerified(assessment) ? [] : assessment.missing;
  } catch (error) {
    if (error instanceof Unreachable) return [error.message];
    throw error;
  }
}
