import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitText, GitFailed, type GitOptions } from './git';
import { PushRefused, type Commit, type NewCommit, type Pushed, type Repository } from '../repository';

export interface RepositoryLocation {
  /** What git can fetch from and push to: an address or a path. */
  readonly remote: string;
  /** The state branch. */
  readonly branch: string;
  /** A folder for a bare clone. It can be shared by processes and be thrown away at any time. */
  readonly cache: string;
}

/** How long git waits for another process that writes the same ref of the clone, in ms. */
const refLock = ['-c', 'core.filesRefLockTimeout=10000'];

/**
 * A repository behind an address, by way of a bare clone of our own: no working tree, no index, no
 * branch of the user is touched.
 */
export function openRepository({ remote, branch, cache }: RepositoryLocation): Repository {
  const inClone = [`--git-dir=${cache}`, ...refLock];
  const run = (args: readonly string[], options?: GitOptions) => git([...inClone, ...args], options);
  const text = (args: readonly string[], options?: GitOptions) => gitText([...inClone, ...args], options);

  let ready: Promise<unknown> | undefined;
  const makeClone = async (): Promise<void> => {
    await mkdir(cache, { recursive: true });
    await gitText(['init', '--quiet', '--bare', cache]);
    await text(['config', 'gc.auto', '0']); // no process tidies up while another one builds a commit
  };

  async function fetch(triesLeft = 5): Promise<void> {
    try {
      await text(['fetch', '--quiet', '--no-tags', '--prune', remote, '+refs/heads/*:refs/heads/*']);
    } catch (error) {
      const sharedClone =
        error instanceof GitFailed && /cannot lock ref|unable to (create|update)/.test(error.output);
      if (!sharedClone || triesLeft === 0) throw error;
      await fetch(triesLeft - 1);
    }
  }

  const tip = (of: string): Promise<string | undefined> =>
    unlessUnknown(() => text(['rev-parse', '--verify', '--quiet', `refs/heads/${of}^{commit}`]));

  async function head(): Promise<string> {
    await (ready ??= makeClone());
    await fetch();
    const commit = await tip(branch);
    if (commit === undefined) throw new Error(`${remote} has no branch ${branch}`);
    return commit;
  }

  const paths: Repository['paths'] = async (commit, folder) =>
    (await run(['ls-tree', '-r', '-z', '--name-only', commit, '--', folder]))
      .toString()
      .split('\0')
      .slice(0, -1);

  const read: Repository['read'] = async (files) => {
    if (files.length === 0) return [];
    const input = files.map(({ commit, path }) => `${commit}:${path}\n`).join('');
    return readBatch(await run(['cat-file', '--batch'], { input }), files.length);
  };

  const logLines = async (...args: string[]): Promise<Commit[]> =>
    parseLog((await run(['log', `--format=${logFormat}`, ...args])).toString());

  /** The parent with this one path replaced; by construction no other path can differ. */
  async function makeCommit({ parent, path, content, message, author }: NewCommit): Promise<string> {
    const ref = `refs/almanac/${randomUUID()}`; // fast-import wants one; it is gone at the end of the stream
    const stream = [
      `commit ${ref}`,
      'mark :1',
      `committer ${author.name.replace(/[<>\n]/g, '')} <${author.email.replace(/[<>\n]/g, '')}> now`,
      data(message),
      `from ${parent}`,
      `M 100644 inline ${JSON.stringify(path)}`,
      data(content),
      'get-mark :1',
      `reset ${ref}`,
      `from ${'0'.repeat(40)}`,
      '',
    ];
    return text(['fast-import', '--quiet', '--date-format=now'], { input: stream.join('\n') });
  }

  async function push(change: NewCommit): Promise<Pushed> {
    const commit = await makeCommit(change);
    const ref = `refs/heads/${branch}`;
    const lease = `--force-with-lease=${ref}:${change.parent}`;
    try {
      const output = await text(['push', '--porcelain', lease, remote, `${commit}:${ref}`]);
      return { pushed: true, commit, said: saidByServer(output) };
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
      const [, reason] = /^!\t[^\t]*\t\[(?:remote )?rejected\] \((.*)\)$/m.exec(error.output) ?? [];
      if (reason === undefined) throw error;
      if (outrun.test(reason)) return { pushed: false };
      throw new PushRefused(remote, reason, saidByServer(error.output));
    }
  }

  return {
    remote: withoutPassword(remote),
    branch,
    head,
    tip,
    paths,
    read,
    log: (commit, path, limit) => logLines(`-n${limit}`, commit, '--', path),
    between: (from, to, limit) => logLines(`-n${limit}`, `${from}..${to}`, '--', '.', ...stateFiles),
    commit: async (id) => (await unlessUnknown(() => logLines('-n1', id)))?.[0],
    isAncestor: async (older, newer) =>
      (await unlessUnknown(async () => text(['merge-base', '--is-ancestor', older, newer]))) !== undefined,
    changed: (from, to) =>
      unlessUnknown(async () =>
        (await run(['diff', '--name-only', '--no-renames', '-z', from, to]))
          .toString()
          .split('\0')
          .slice(0, -1),
      ),
    checkOut: async (commit, folder) => {
      const environment = { GIT_INDEX_FILE: join(cache, `index-${randomUUID()}`) };
      await mkdir(folder, { recursive: true });
      await text([`--work-tree=${folder}`, 'read-tree', '--reset', '-u', commit], { environment });
      await rm(environment.GIT_INDEX_FILE, { force: true });
    },
    push,
  };
}

/** What says which release runs where; the pathspecs of everything else. */
const stateFiles = [':(exclude)clusters/*/environments/*', ':(exclude)clusters/*/platform.yaml'];

/** What a server or git itself says when the branch isn’t any more where we saw it. */
const outrun =
  /stale info|fetch first|non-fast-forward|cannot lock ref|failed to (update|lock)|incorrect old value|reference already exists/i;

/** Content as fast-import takes it: how many bytes, then the bytes. */
const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}`;

const saidByServer = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('remote: '))
    .map((line) => line.slice('remote: '.length).trimEnd())
    .filter((line) => line !== '');

const withoutPassword = (remote: string): string => remote.replace(/(?<=:\/\/)[^/@]*@/, '');

async function unlessUnknown<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitFailed) return undefined;
    throw error;
  }
}

const fields = ['%H', '%an', '%ae', '%aI', '%s', '%(trailers:only=true,unfold=true)'];
const logFormat = `${fields.join('%x00')}%x01`;

const parseLog = (output: string): Commit[] =>
  output
    .split('\x01')
    .map((entry) => entry.replace(/^\n/, ''))
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [id = '', name = '', email = '', at = '', subject = '', trailers = ''] = entry.split('\0');
      return { id, author: { name, email }, at, subject, trailers: parseTrailers(trailers) };
    });

const parseTrailers = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^([A-Za-z-]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

/** What `git cat-file --batch` answers: a line with the size and the content for each, or that it is missing. */
function readBatch(output: Buffer, count: number): (string | undefined)[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    const lineEnd = output.indexOf('\n', at);
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(output.subarray(at, lineEnd).toString()) ?? [];
    at = lineEnd + 1;
    if (size === undefined) return undefined;
    const content = output.subarray(at, at + Number(size)).toString();
    at += Number(size) + 1;
    return content;
  });
}
