import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startGitServer, type GitServer } from '@almanac/testkit/git';
import { buildProgram } from '../src/program';

const run = promisify(execFile);
const here = process.cwd();
let server: GitServer;

const cluster = (repository: string) => `apiVersion: almanac.dev/v1
kind: Cluster
metadata: { name: x }
spec:
  repository: ${repository} # where Argo CD finds it
  branch: main
  registry: ghcr.io/almanac
  domain: almanac.example
`;
const own = 'http://git.git.svc.cluster.local/almanac.git';

beforeEach(async () => {
  server = await startGitServer({
    'clusters/doks/cluster.yaml': cluster('https://github.com/almanac/almanac'),
    'clusters/local/cluster.yaml': cluster(own),
    'clusters/local/environments/dev.yaml': 'target: {}\n',
    'clusters/local/platform.yaml': 'target: {}\n',
  });
  process.chdir(server.clone);
});
afterEach(async () => {
  process.chdir(here);
  await server.remove();
});

async function almanac(...words: string[]): Promise<string> {
  let text = '';
  const stream = { write: (chunk: string) => (text += chunk) !== '' };
  await buildProgram({ out: stream, err: stream }).parseAsync(words, { from: 'user' });
  return text;
}

const read = (path: string): Promise<string> => readFile(join(server.clone, path), 'utf8');

describe('almanac init', () => {
  test('makes a fork one’s own in one place of each cluster, and leaves the rest as it is', async () => {
    const said = await almanac('init', 'git@github.com:Ada/almanac.git');
    expect(said).toContain('clusters/doks/cluster.yaml: https://github.com/Ada/almanac\n');
    expect(await read('clusters/doks/cluster.yaml')).toBe(
      cluster('https://github.com/Ada/almanac').replace('ghcr.io/almanac', 'ghcr.io/ada'),
    );
    expect(await read('clusters/local/cluster.yaml')).toBe(cluster(own));
    expect(await almanac('init', 'https://github.com/Ada/almanac')).toContain(
      'doks/cluster.yaml: is so already',
    );
  });

  test('asks where images are when the address doesn’t tell', async () => {
    await expect(almanac('init', 'https://git.example/ada/almanac')).rejects.toThrow(/Say --registry/);
    await almanac('init', 'https://git.example/ada/almanac', '--registry', 'registry.example/ada');
    expect(await read('clusters/doks/cluster.yaml')).toContain('registry: registry.example/ada\n');
  });
});

describe('almanac completion', () => {
  test('in bash knows commands, options and the environments of the working copy', async () => {
    const script = await almanac('completion', 'bash');
    const complete = async (...line: string[]): Promise<string[]> => {
      const words = line.map((word) => `'${word}'`).join(' ');
      const ask = `${script}\nCOMP_WORDS=(almanac ${words}) COMP_CWORD=${line.length}; _almanac; echo "\${COMPREPLY[*]}"`;
      return (await run('bash', ['-c', ask], { cwd: server.clone })).stdout.trim().split(' ');
    };
    expect(await complete('pro')).toEqual(['promote']);
    expect(await complete('promote', 'lo')).toEqual(['local/dev', 'local/platform']);
    expect(await complete('promote', '--un')).toEqual(['--unverified']);
    expect(await complete('dead-letters', 're')).toEqual(['redrive']);
  });

  test.each(['zsh', 'fish'])('in %s names every command', async (shell) => {
    const script = await almanac('completion', shell);
    for (const name of ['status', 'promote', 'rollback', 'quarantine']) expect(script).toContain(name);
  });
});

test('the help groups what there is, and tells the exit codes', async () => {
  const program = buildProgram({ out: { write: () => true }, err: { write: () => true } });
  const help = program.helpInformation();
  expect(help).toMatch(/What runs where:\n +status \[environment\]/);
  expect(help).toMatch(/Change it, by a commit:[^]*rollback <environment> \[release\][^]*A running Almanac:/);
});
