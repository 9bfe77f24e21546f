import { globSync, readFileSync } from 'node:fs';
import { join, relative, dirname, resolve } from 'node:path';
import { editCluster, environmentName, InvalidFile, parseCluster, parseEnvironment } from '../src';

const root = resolve(__dirname, '../../..');
const files = globSync('clusters/*/{cluster,platform,environments/*}.yaml', { cwd: root });
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

test.each(files)('%s is as its schema says, and names it for editors', (path) => {
  const isCluster = path.endsWith('/cluster.yaml');
  const parse = isCluster ? parseCluster : parseEnvironment;
  expect(() => parse(textOf(path), path)).not.toThrow();
  const schema = join(root, 'docs/schemas', isCluster ? 'cluster.schema.json' : 'environment.schema.json');
  expect(textOf(path).split('\n')[0]).toBe(
    `# yaml-language-server: $schema=${relative(dirname(join(root, path)), schema)}`,
  );
});

test('an environment takes its releases from one that there is, or follows main', () => {
  const names = files.flatMap((path) => environmentName(path) ?? []);
  expect(names).toContain('local/dev');
  for (const path of files.filter((file) => environmentName(file) !== undefined)) {
    const { promotesFrom, follows } = parseEnvironment(textOf(path), path).target;
    expect(follows === 'main' || names.includes(promotesFrom ?? '')).toBe(true);
  }
});

test('the facts of a cluster change in their place, and nothing else', () => {
  const path = 'clusters/local/cluster.yaml';
  const text = textOf(path);
  const repository = 'https://github.com/ada/almanac';
  const before = parseCluster(text, path).spec.repository;
  expect(editCluster(text, path, { repository })).toBe(text.replace(before, repository));
  expect(() => editCluster(text, path, { repository: 'git@github.com:ada/almanac' })).toThrow(InvalidFile);
});
