import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servicesOf } from '../src/services/build';
import { configOf } from '../src/services/image';

const root = join(__dirname, '..', '..', '..');

interface Stage {
  readonly name: string | undefined;
  readonly from: string;
  readonly instructions: readonly { readonly word: string; readonly rest: string }[];
}

/** A Dockerfile's stages; what it says before the first of them is left out. */
function stagesOf(text: string): readonly Stage[] {
  const lines = text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: { name: string | undefined; from: string; instructions: { word: string; rest: string }[] }[] =
    [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const from = /^(?:--platform=\S+ )?(\S+)(?: AS (\S+))?$/.exec(rest);
    if (word === 'FROM') stages.push({ from: from![1]!, name: from![2], instructions: [] });
    else stages.at(-1)?.instructions.push({ word, rest });
  }
  return stages;
}

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = stagesOf(text);
const stage = (name: string): Stage => stages.find((each) => each.name === name)!;
const said = (name: string, word: string): readonly string[] =>
  stage(name).instructions.flatMap((each) => (each.word === word ? [each.rest] : []));

const services = servicesOf(root);
const built = { main: '/main.js' };

describe('the Dockerfile', () => {
  it('builds on bases that are pinned by digest', () => {
    const names = stages.map(({ name }) => name);
    const outer = stages
      .map(({ from }) => from)
      .filter((from) => !names.includes(from) && from !== '${SERVICE}');
    expect(outer.length).toBeGreaterThan(0);
    for (const from of outer) expect(from).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    expect(text.split('\n')[0]).toMatch(/^# syntax=docker\/dockerfile:[\w.]+@sha256:[0-9a-f]{64}$/);
  });

  it('runs the Node that the lockfile pins', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    for (const name of ['node', 'build'])
      expect(stage(name).from).toMatch(`node:${packages['node_modules/node']!.version}-bookworm-slim@`);
  });

  it('starts a service as the images do that are written without it', () => {
    const { Entrypoint, Env, User, WorkingDir, StopSignal } = configOf(built);
    expect(said('service', 'ENTRYPOINT').map((json) => JSON.parse(json) as unknown)).toEqual([Entrypoint]);
    expect(said('service', 'USER')).toEqual([User]);
    expect(said('service', 'WORKDIR')).toEqual([WorkingDir]);
    expect(said('service', 'STOPSIGNAL')).toEqual([StopSignal]);
    expect(Env).toEqual(expect.arrayContaining(said('service', 'ENV')));
  });

  it('has a stage for each service, which knows where its page lies if it has one', () => {
    for (const { name, hasPage } of services) {
      expect(stage(name)).toMatchObject({ from: 'service' });
      expect(configOf({ ...built, ...(hasPage && { page: '/page' }) }).Env).toEqual(
        expect.arrayContaining(said(name, 'ENV')),
      );
      expect(said(name, 'ENV')).toHaveLength(hasPage ? 1 : 0);
    }
    expect(stages.map(({ name }) => name)).toEqual([
      'node',
      'build',
      'service',
      ...services.map(({ name }) => name).sort(),
      undefined,
    ]);
    expect(stages.at(-1)!.from).toBe('${SERVICE}');
  });

  it('makes the bundle with the command of this package', () => {
    expect(said('build', 'RUN').join()).toContain('tools/images/src/main.ts bundle "$SERVICE" /app');
    expect(said('service', 'COPY')).toContain('--from=build /app /app');
  });
});
