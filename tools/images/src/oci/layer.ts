import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { pack, type Header, type Pack } from 'tar-stream';
import { keepNewest, touch } from '../newest';
import type { Entry } from './entry';

/** A layer as it lies in the cache: an uncompressed tar, so that its digest is its diff id as well. */
export interface Layer {
  readonly file: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

const root = { uid: 0, gid: 0 };

/** All of time is one moment, and nobody but root owns anything unless it is said: so bytes repeat. */
const header = ({ path, owner = root }: Entry, rest: Partial<Header>) => ({
  ...rest,
  ...owner,
  name: path.slice(1),
  mtime: new Date(0),
});

const checkPath = ({ path }: Entry): void => {
  if (!/^(\/[^/]+)+$/.test(path) || posix.normalize(path) !== path)
    throw new Error(`${path} is no path in an image: it must be absolute and plain`);
};

/** The folders above what is there, which a reader of the tar expects before it. */
const parents = (entries: readonly Entry[]): Entry[] => {
  const named = new Set(entries.map(({ path }) => path));
  const missing = new Set<string>();
  for (const { path } of entries)
    for (let above = posix.dirname(path); above !== '/' && !named.has(above); above = posix.dirname(above))
      missing.add(above);
  return [...missing].map((path) => ({ kind: 'folder', path, mode: 0o755 }));
};

/** What a layer holds, in the one order in which it is always written. */
const inOrder = (entries: readonly Entry[]): readonly Entry[] => {
  entries.forEach(checkPath);
  const byPath = new Map<string, Entry>();
  for (const entry of [...entries, ...parents(entries)]) {
    const other = byPath.get(entry.path);
    if (other && JSON.stringify(other) !== JSON.stringify(entry))
      throw new Error(`two different things shall be at ${entry.path}`);
    byPath.set(entry.path, entry);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};

const add = async (tar: Pack, entry: Entry): Promise<void> => {
  switch (entry.kind) {
    case 'file':
      tar.entry(header(entry, { mode: entry.mode }), entry.content);
      return;
    case 'link':
      tar.entry(header(entry, { type: 'symlink', linkname: entry.to, mode: 0o777 }));
      return;
    case 'folder':
      tar.entry(header(entry, { type: 'directory', mode: entry.mode }));
      return;
    case 'copy': {
      const { size } = await stat(entry.from);
      await pipeline(createReadStream(entry.from), tar.entry(header(entry, { mode: entry.mode, size })));
    }
  }
};

/**
 * Writes these entries as a tar: the same entries always give the same bytes.
 *
 * @returns the digest of the bytes and how many they are
 */
export async function writeTar(entries: readonly Entry[], file: string): Promise<Omit<Layer, 'file'>> {
  const tar = pack();
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const fill = async () => {
    for (const entry of inOrder(entries)) await add(tar, entry);
    tar.finalize();
  };
  const filled = fill().catch((error: unknown) => tar.destroy(error as Error));
  await pipeline(tar, measure, createWriteStream(file));
  await filled;
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** What a layer will hold, told without reading the large files: they are known by size and change time. */
const fingerprint = async (entries: readonly Entry[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const entry of inOrder(entries)) {
    hash.update(JSON.stringify(entry));
    if (entry.kind === 'copy') {
      const { size, mtimeMs, ino } = await stat(entry.from);
      hash.update(JSON.stringify([size, mtimeMs, ino]));
    }
  }
  return hash.digest('hex').slice(0, 32);
};

/** Those of every program that runs in a cluster, and of some changes of each service. */
const layersKept = 60;

/**
 * The layer with these entries, written if it isn't in the cache yet.
 *
 * @param cache folder in which layers are kept
 */
export async function layerOf(entries: readonly Entry[], cache: string): Promise<Layer> {
  const file = join(cache, `${await fingerprint(entries)}.tar`);
  const note = `${file}.json`;
  try {
    const known = JSON.parse(await readFile(note, 'utf8')) as Omit<Layer, 'file'>;
    await touch(file);
    return { file, ...known };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const aside = `${file}.${process.pid}`;
  try {
    await mkdir(cache, { recursive: true });
    const layer = await writeTar(entries, aside);
    await rename(aside, file);
    await writeFile(`${aside}.json`, JSON.stringify(layer));
    await rename(`${aside}.json`, note); // last: with the note, the layer is whole
    await keepNewest(cache, (name) => name.endsWith('.tar'), layersKept);
    return { file, ...layer };
  } finally {
    await rm(aside, { force: true });
  }
}
