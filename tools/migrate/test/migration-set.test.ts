import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration, SchemaDefinition } from '@almanac/database';
import { parseEnvironment } from '@almanac/gitops';
import { migrationSetHash, prematureContracts, schemaRanges, type Released } from '../src';

const migration = (number: number, kind: Migration['kind'] = 'expand', sql = 'select 1'): Migration => ({
  ...{ number, kind, sql },
  name: `step ${number}`,
});
const notes = (...migrations: Migration[]): SchemaDefinition[] => [
  { name: 'note_pad', role: 'almanac_note_pad', migrations },
];

describe('the hash of the migrations', () => {
  const hash = migrationSetHash(notes(migration(1)));

  test('has twelve hexadecimal digits and stays the same', () => {
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(migrationSetHash(notes(migration(1)))).toBe(hash);
  });

  test.each<[string, SchemaDefinition[]]>([
    ['another migration', notes(migration(1), migration(2))],
    ['another kind', notes(migration(1, 'contract'))],
    ['other SQL', notes(migration(1, 'expand', 'select 2'))],
    ['another name', [{ ...notes(migration(1))[0]!, name: 'notes' }]],
    ['another role', [{ ...notes(migration(1))[0]!, role: 'almanac_notes' }]],
  ])('is another with %s', (_what, set) => {
    expect(migrationSetHash(set)).not.toBe(hash);
  });
});

describe('the range of a schema', () => {
  test('ends with its newest migration, by the name of its service', () => {
    expect(schemaRanges(notes(migration(1), migration(2)))).toEqual({ 'note-pad': { min: 0, max: 2 } });
  });

  test('begins with the step before its newest contract migration: older code misses what that took away', () => {
    const set = notes(migration(1), migration(2), migration(3, 'contract'), migration(4));
    expect(schemaRanges(set)).toEqual({ 'note-pad': { min: 2, max: 4 } });
  });

  test('is recorded for each service of the product that has a schema', () => {
    expect(Object.keys(schemaRanges()).sort()).toEqual(['audit', 'realtime', 'task-api', 'web']);
  });
});

describe('a contract migration', () => {
  const contracted = notes(migration(1), migration(2), migration(3, 'contract'));
  const released = (max: number): Released[] => [
    { environment: 'local/dev', schema: { 'note-pad': { min: 0, max } } },
  ];

  test('may follow a release of the step before it', () => {
    expect(prematureContracts(released(2), contracted)).toEqual([]);
    expect(prematureContracts(released(3), contracted)).toEqual([]);
    expect(prematureContracts([{ environment: 'local/new', schema: {} }], contracted)).toEqual([]);
  });

  test('is refused while the release before it doesn’t know that step', () => {
    expect(prematureContracts(released(1), contracted)).toEqual([
      'note-pad: contract migration 3 comes too early, as local/dev runs code of version 1; ' +
        'first a release with 2 and without it',
    ]);
  });

  // Where a promotion brings releases, that is refused by the promotion.
  test('none here comes before what the environments that follow main run can live with', () => {
    const root = join(__dirname, '../../..');
    const environments = globSync('clusters/*/environments/*.yaml', { cwd: root }).map((path) =>
      parseEnvironment(readFileSync(join(root, path), 'utf8'), path),
    );
    expect(environments.filter(({ target }) => target.follows).map(({ name }) => name)).toContain(
      'local/dev',
    );
    const running = environments
      .filter(({ target }) => target.follows === 'main')
      .flatMap(({ name, release }) => (release ? [{ environment: name, schema: release.schema }] : []));
    expect(prematureContracts(running)).toEqual([]);
  });
});
