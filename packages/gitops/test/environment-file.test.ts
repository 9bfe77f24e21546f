import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { editEnvironment, InvalidFile, parseEnvironment, releaseId } from '../src';
import { environmentName, environmentPath } from '../src/environment';
import { digest, environment, environmentText, release, revision } from './support/files';

const path = 'clusters/local/environments/dev.yaml';

function messageOf(text: string): string {
  try {
    parseEnvironment(text, path);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidFile);
    return (error as InvalidFile).message;
  }
  throw new Error('it was accepted');
}

describe('the file of an environment', () => {
  const folder = join(__dirname, 'fixtures/rejected');
  const fixture = (name: string) => readFileSync(join(folder, name), 'utf8');
  const rejected = readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? name.slice(0, -5) : []));

  test('has its mistakes collected, more than thirty', () => {
    expect(rejected.length).toBeGreaterThan(30);
  });

  test.each(rejected)('is refused: %s, with every problem at its line and column', (name) => {
    expect(`${messageOf(fixture(`${name}.yaml`))}\n`).toBe(fixture(`${name}.txt`));
  });

  test('is refused when it is larger than any could be, before anything reads it', () => {
    expect(messageOf(`${environmentText('local/dev', {})}#${'x'.repeat(64 * 1024)}`)).toBe(
      `${path}:1:1: is larger than 64 KiB`,
    );
  });

  test('may say nothing but what the environment is: nothing was released there yet', () => {
    const file = parseEnvironment(environmentText('local/dev', { follows: 'main' }), path);
    expect(file).toMatchObject({ name: 'local/dev', target: { follows: 'main' }, quarantined: [] });
    expect(file.release).toBeUndefined();
  });

  test('is found by the name of its environment, and the other way round', () => {
    for (const name of ['local/dev', 'doks/production', 'local/platform'])
      expect(environmentName(environmentPath(name))).toBe(name);
    for (const other of [
      'clusters/local/cluster.yaml',
      'clusters/local/environments/platform.yaml',
      'README.md',
    ])
      expect(environmentName(other)).toBeUndefined();
    expect(() => environmentPath('../secrets')).toThrow(/must be `<cluster>\/<environment>`/);
  });
});

describe('the id of a release', () => {
  test('follows from its content, in whatever order it is written', () => {
    const { id, ...content } = release(1);
    const reversed = Object.fromEntries(Object.entries(content.images).reverse());
    expect(releaseId({ schema: content.schema, images: reversed, revision: content.revision })).toBe(id);
    expect(id).toBe('r-3b42b5721438');
  });

  test('is another one when anything of it is', () => {
    const one = release(1);
    const others = [
      { ...one, revision: revision(2) },
      { ...one, images: { ...one.images, web: digest(7) } },
      { ...one, schema: { 'task-api': { min: 1, max: 3 } } },
    ];
    expect(new Set([one, ...others].map(releaseId)).size).toBe(4);
  });
});

describe('a change of the file', () => {
  const commented = `# yaml-language-server: $schema=../../../docs/schemas/environment.schema.json
# Ours since 2026.
target:   # what it is
    overlay: "overlays/local/dev"
    namespace: almanac-dev     # the Application’s name, too

# what it runs
release:
  # copied from dev
  id: ${release(1).id}
  revision: '${revision(1)}' # Tuesday
  images:
    task-api: ${digest(1)} # the API
    web: ${digest(1)}
  schema: { task-api: { min: 0, max: 3 } }
  # that’s all

# what hurt
quarantined:
  # never again
  - { id: ${release(9).id}, at: 2026-11-20T10:00:00Z, because: it hurt } # really
# the end
`;

  test('leaves every byte outside of what changes, and the comments within', () => {
    const text = editEnvironment(parseEnvironment(commented, path), { release: release(2) });
    const expected = commented
      .replace(release(1).id, release(2).id)
      .replace(revision(1), revision(2))
      .replace(`task-api: ${digest(1)}`, `task-api: ${digest(2)}`);
    expect(text).toBe(expected);
  });

  test('adds and takes out blocks where they belong, and entries of lists beside their comments', () => {
    const file = parseEnvironment(commented, path);
    const entry = { id: release(5).id, at: '2026-11-21T10:00:00Z', because: 'slow: p95 #1' };
    const text = editEnvironment(file, { stable: release(3), quarantined: [...file.quarantined, entry] });
    const changed = parseEnvironment(text, path);
    expect(changed).toMatchObject({ release: release(1), stable: release(3) });
    expect(changed.quarantined).toEqual([...file.quarantined, entry]);
    expect([...text.matchAll(/^\w+(?=:)/gm)].map(String)).toEqual([
      'target',
      'release',
      'stable',
      'quarantined',
    ]);
    for (const comment of commented.match(/#.*$/gm)!) expect(text).toContain(comment);
    const back = editEnvironment(changed, { stable: null, quarantined: file.quarantined });
    expect(parseEnvironment(back, path)).toMatchObject({ quarantined: file.quarantined });
    expect(back).toBe(commented);
  });

  test('is possible in a file that has no release yet, or no line break at its end', () => {
    const file = parseEnvironment(environmentText('local/dev', {}).trimEnd(), path);
    const changed = parseEnvironment(editEnvironment(file, { release: release(4) }), path);
    expect(changed.release).toEqual(release(4));
    expect(changed.text.startsWith(`${file.text}\nrelease:\n`)).toBe(true);
  });

  test('to what it says already is no change', () => {
    const file = parseEnvironment(commented, path);
    expect(editEnvironment(file, { release: release(1), quarantined: file.quarantined })).toBe(commented);
  });

  test('quotes what other readers of YAML would take for a number: a commit such as 12345e10…', () => {
    const numeric = `12345e${'0'.repeat(34)}`;
    const { id: _, ...content } = release(1);
    const odd = { ...content, revision: numeric };
    const text = editEnvironment(environment('local/dev', {}), { release: { id: releaseId(odd), ...odd } });
    expect(text).toMatch(`revision: "${numeric}"`);
  });

  test('reads back as what was written, whatever was there before', () => {
    const atFirst = new Set(parseEnvironment(commented, path).quarantined.map(({ id }) => id));
    const aRelease = fc
      .integer({ min: 1, max: 30 })
      .map((n) => release(n))
      .filter(({ id }) => !atFirst.has(id)); // a stable release that is quarantined is refused
    const entries = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 40, max: 60 }).map((n) => release(n).id),
        at: fc.constant('2026-11-21T10:00:00Z'),
        because: fc
          .string({ minLength: 1, maxLength: 80, unit: 'grapheme' })
          .filter((text) => text.trim() === text && text !== ''),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    );
    const change = fc.record(
      { release: aRelease, stable: fc.option(aRelease), quarantined: entries },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let file = parseEnvironment(commented, path);
        const expected: Record<string, unknown> = { ...file };
        for (const one of changes) {
          file = parseEnvironment(editEnvironment(file, one), path);
          Object.assign(expected, one);
        }
        expect(file.release).toEqual(expected.release);
        expect(file.stable ?? null).toEqual(expected.stable ?? null);
        expect(file.quarantined).toEqual(expected.quarantined);
        expect(file.text.split('\n').slice(0, 6)).toEqual(commented.split('\n').slice(0, 6));
        expect(file.text).toContain('# that’s all');
      }),
    );
  });
});
