import { formatMessage } from './commit-message';
import type { Change, Plan } from './change';
import type { Refusal } from './refusal';
import type { Identity, Repository } from './repository';
import { stateAt, type State } from './state';

export interface Written {
  readonly do: 'written';
  readonly change: Change;
  readonly commit: string;
  /** How often it was planned: more than once when others pushed in between. */
  readonly tries: number;
  /** What the server said to the push. */
  readonly said: readonly string[];
}

/** The file changed while a change of it was on its way; nothing was written. */
export class PathMoved extends Error {
  override readonly name = 'PathMoved';
}

export interface WriteOptions {
  readonly author: Identity;
  /** What to do when the file itself changed in between: a person has to look again, a machine can plan again. */
  readonly ifMoved: 'abort' | 'plan again';
  readonly tries?: number;
  /** Between 0 and 1, as Math.random. */
  readonly random?: () => number;
  readonly pause?: (ms: number) => Promise<void>;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Up to 50 ms after the first try, 100 ms after the second … 1 s: the more there are, the wider they spread. */
const longestPause = (tried: number): number => Math.min(50 * 2 ** (tried - 1), 1_000);

/** Those who share a clone take turns: to race with oneself is a waste. */
const turns = new WeakMap<Repository, Promise<unknown>>();

function inTurn<Value>(repository: Repository, work: () => Promise<Value>): Promise<Value> {
  const turn = (turns.get(repository) ?? Promise.resolve()).then(work);
  turns.set(
    repository,
    turn.catch(() => undefined),
  );
  return turn;
}

/**
 * Plans a change on what the remote has now, and writes it if that is still so: compare and swap.
 * When others push in between, it is planned again on what they made of it; never merged, never rebased.
 *
 * @throws PathMoved when the file itself changed in between, with `ifMoved: 'abort'`
 * @throws PushRefused when the server doesn’t take it
 */
export const writeChange = (
  repository: Repository,
  plan: (state: State) => Plan | Promise<Plan>,
  options: WriteOptions,
): Promise<Written | Refusal> => inTurn(repository, () => compareAndSwap(repository, plan, options));

async function compareAndSwap(
  repository: Repository,
  plan: (state: State) => Plan | Promise<Plan>,
  { author, ifMoved, tries = 30, random = Math.random, pause = wait }: WriteOptions,
): Promise<Written | Refusal> {
  let seen: Change | undefined;
  for (let tried = 1; tried <= tries; tried += 1) {
    const parent = await repository.head();
    if (seen && ifMoved === 'abort') await abortIfMoved(repository, parent, seen);
    const planned = await plan(await stateAt(repository, parent));
    if (planned.do === 'refuse') return planned;
    seen = planned;
    const { after, message } = planned;
    const push = { parent, path: after.path, content: after.text, message: formatMessage(message), author };
    const pushed = await repository.push(push);
    if (pushed.pushed)
      return { do: 'written', change: planned, commit: pushed.commit, tries: tried, said: pushed.said };
    await pause(random() * longestPause(tried));
  }
  throw new Error(
    `${repository.remote} is too busy: others pushed to ${repository.branch} first, ${tries} times in a row; nothing was written`,
  );
}

async function abortIfMoved(repository: Repository, commit: string, { before }: Change): Promise<void> {
  const [text] = await repository.read([{ commit, path: before.path }]);
  if (text === before.text) return;
  const [latest] = await repository.log(commit, before.path, 1);
  const what = latest
    ? `${latest.author.name} pushed ${latest.id.slice(0, 12)} “${latest.subject}”`
    : 'it isn’t there any more';
  throw new PathMoved(
    `${before.path} changed in the meantime: ${what}. Nothing was written; look at it and try again`,
  );
}
