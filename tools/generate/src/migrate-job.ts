import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationSetHash } from '@almanac/migrate';
import type { GeneratedFile } from './generated-file';

const jobName = /\bmigrate-[0-9a-f]{12}\b/g;

/** The Job that applies the migrations carries the hash of their set; the rest of its manifest is written by hand. */
export const migrateJob = (root: string, hash: string = migrationSetHash()): readonly GeneratedFile[] =>
  globSync('base/migrate/*.yaml', { cwd: root })
    .map((path) => ({ path, content: readFileSync(join(root, path), 'utf8') }))
    .filter(({ content }) => content.search(jobName) >= 0)
    .map(({ path, content }) => ({ path, content: content.replaceAll(jobName, `migrate-${hash}`) }));
