import { confirm } from '@almanac/command-line';
import {
  planStable,
  writeChange,
  type Change,
  type EnvironmentFile,
  type Plan,
  type Release,
  type State,
  type Written,
} from '@almanac/gitops';
import { Option, type Command } from 'commander';
import type { Streams } from '../streams';
import type { Delivery } from './delivery';
import { changeAsJson, describeRefusal } from './describe';
import { follow, NotVerified } from './follow';
import { short, styleFor } from './style';

/** A plan was refused; the message says why and what would help. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export interface WriteChoices {
  readonly yes?: true;
  readonly json?: true;
}

export interface FollowChoices {
  readonly wait: boolean;
  /** ms */
  readonly timeout: number;
}

const duration = (text: string): number => {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) throw new Error(`--timeout takes a time such as 90s or 10m, not ${text}`);
  return Number(amount) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
};

export const writeOptions = (command: Command): Command =>
  command
    .option('-y, --yes', 'don’t ask; needed where there is no terminal')
    .option('--json', 'one line of JSON about what was done, for scripts');

export const followOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--timeout <time>', 'how long to follow it').default(600_000, '10m').argParser(duration),
    )
    .option('--no-wait', 'don’t follow it: done when it is pushed');

export interface Task extends WriteChoices {
  /** Decided on the newest state of the remote, and again whenever somebody else was faster. */
  readonly plan: (state: State) => Plan | Promise<Plan>;
  /** What the person sees before deciding. */
  readonly describe: (change: Change) => readonly string[] | Promise<readonly string[]>;
  /** e.g. `Promote`. */
  readonly question: (change: Change) => string;
}

/** Shows what would change, asks, and writes it. */
export async function carryOut(
  { repository, ...delivery }: Delivery,
  { plan, describe, question, yes, json }: Task,
  streams: Streams,
): Promise<Written | undefined> {
  const style = styleFor(streams.out);
  const author = await delivery.author();
  const planned = await plan(await delivery.state());
  if (planned.do === 'refuse') throw new Refused(describeRefusal(planned));
  if (!json) for (const line of await describe(planned)) streams.out.write(`${line}\n`);
  const asked = { yes: yes === true, input: streams.in ?? process.stdin, output: process.stdout };
  if (!(await confirm(question(planned), { ...asked, signal: new AbortController().signal }))) {
    streams.out.write('nothing was changed\n');
    return undefined;
  }
  const written = await writeChange(repository, plan, { author, ifMoved: 'abort' });
  if (written.do === 'refuse') throw new Refused(describeRefusal(written));
  if (json)
    streams.out.write(`${JSON.stringify({ commit: written.commit, ...changeAsJson(written.change) })}\n`);
  else {
    streams.out.write(`${style('green', '✓')} ${short(written.commit)} ${written.change.message.subject}\n`);
    for (const line of written.said) streams.out.write(`  ${style('dim', line)}\n`);
  }
  return written;
}

/**
 * Follows what was written until it runs as it should, and writes that down: from then on it is what a
 * rollback returns to.
 */
export async function followUntilVerified(
  delivery: Delivery,
  environment: EnvironmentFile,
  release: Release,
  { timeout }: FollowChoices,
  { err }: Streams,
): Promise<void> {
  const style = styleFor(err);
  const view = await delivery.cluster(environment.name);
  const begin = performance.now();
  const say = (missing: readonly string[]): void => {
    const [first = '', ...more] = missing;
    err.write(`${style('dim', `· ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`)}\n`);
  };
  try {
    await follow(view, environment, release, { timeout, say });
  } catch (error) {
    if (error instanceof NotVerified) process.exitCode = 3;
    throw error;
  }
  const took = ((performance.now() - begin) / 1000).toFixed(1);
  const author = await delivery.author();
  const noted = await writeChange(
    delivery.repository,
    ({ environments }) =>
      planStable(environments, { environment: environment.name, id: release.id, requestedBy: author.name }),
    { author, ifMoved: 'plan again' },
  );
  err.write(`${style('green', '✓')} ${environment.name} runs ${release.id} as it should, after ${took} s\n`);
  if (noted.do === 'refuse' && noted.code === 'moved-on') err.write(`  ${noted.because}\n`);
}
