import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beginningOf } from './identity';
import { until } from './until';

/** A program that goes on when we end. */
export interface ProcessDefinition {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its configuration: path → content, written before it starts. */
  readonly files?: Readonly<Record<string, string>>;
  /** Set in addition to our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What we note of a process, to know it again. */
interface Note {
  readonly pid: number;
  readonly beginning: string;
  /** Hash of the definition it runs by. */
  readonly definition: string;
}

export interface Processes {
  /**
   * Starts a program in the background, unless it runs already by the same definition; one that runs by
   * another definition is stopped first. Its output is appended to `logs/<name>.log`.
   */
  start(definition: ProcessDefinition): Promise<void>;
  /**
   * Waits until `holds`, as long as the process lives.
   * @param what for the message, e.g. `the API server answers`
   * @param within ms
   * @throws Error with the end of the process's log
   */
  expect(name: string, what: string, within: number, holds: () => Promise<boolean>): Promise<void>;
  /**
   * Ends a process: asks by SIGTERM, and makes it by SIGKILL after `grace` ms. Only ever the one we started:
   * another that got its pid since is left alone.
   */
  stop(name: string, grace?: number): Promise<void>;
  /** Those that run, name → pid. */
  running(): Promise<ReadonlyMap<string, number>>;
  /** Path of the log of a process. */
  log(name: string): string;
}

const hashOf = (definition: ProcessDefinition): string =>
  createHash('sha256').update(JSON.stringify(definition)).digest('hex');

/** A process that has just ended by itself is as good. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const endOf = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-10).join('\n');

/** Keys of a cluster may be in a configuration. */
const ownerOnly = 0o600;

/**
 * The background processes of one cluster, noted in files, so that a later command finds them.
 * @param directory of the cluster: gets `processes/` and `logs/`
 */
export function processesIn(directory: string): Processes {
  const notes = join(directory, 'processes');
  const noteOf = (name: string) => join(notes, `${name}.json`);
  const log = (name: string) => join(directory, 'logs', `${name}.log`);

  /** The note of a process that is still there; a stale one goes. */
  const find = async (name: string): Promise<Note | null> => {
    const text = await readFile(noteOf(name), 'utf8').catch(() => null);
    if (text === null) return null;
    const note = JSON.parse(text) as Note;
    if ((await beginningOf(note.pid)) === note.beginning) return note;
    await rm(noteOf(name), { force: true });
    return null;
  };

  const stop = async (name: string, grace = 10_000): Promise<void> => {
    const note = await find(name);
    if (note === null) return;
    const isGone = async () => (await beginningOf(note.pid)) !== note.beginning;
    signal(note.pid, 'SIGTERM');
    await until(`${name} has ended`, grace, isGone).catch(async () => {
      signal(note.pid, 'SIGKILL');
      await until(`${name} is gone`, 10_000, isGone);
    });
    await rm(noteOf(name), { force: true });
  };

  const launch = async ({ name, command, args, environment = {} }: ProcessDefinition): Promise<number> => {
    const output = openSync(log(name), 'a', ownerOnly);
    const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
    try {
      const child = spawn('env', [...variables, command, ...args], {
        detached: true,
        stdio: ['ignore', output, output],
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      return child.pid!;
    } finally {
      closeSync(output);
    }
  };

  const expect: Processes['expect'] = async (name, what, within, holds) => {
    const hasEnded = async () => (await find(name)) === null;
    try {
      await until(what, within, async () => (await hasEnded()) || (await holds()));
      if (await hasEnded()) throw new Error(`${name} ended before ${what}`);
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`${message}\n${log(name)} ends with:\n${await endOf(log(name))}`, { cause });
    }
  };

  return {
    log,
    stop,
    expect,
    start: async (definition) => {
      const { name, files = {} } = definition;
      const hash = hashOf(definition);
      const current = await find(name);
      if (current?.definition === hash) return;
      if (current) await stop(name);
      for (const folder of [notes, dirname(log(name))]) await mkdir(folder, { recursive: true });
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { mode: ownerOnly });
      }
      const pid = await launch(definition);
      const beginning = await beginningOf(pid);
      if (beginning === null) throw new Error(`${name} ended at once; see ${log(name)}`);
      const note: Note = { pid, beginning, definition: hash };
      await writeFile(noteOf(name), JSON.stringify(note));
    },
    running: async () => {
      const files = await readdir(notes).catch(() => []);
      const names = files.map((file) => file.replace(/\.json$/, '')).sort();
      const found = await Promise.all(names.map(async (name) => [name, await find(name)] as const));
      return new Map(found.flatMap(([name, note]) => (note ? [[name, note.pid]] : [])));
    },
  };
}
