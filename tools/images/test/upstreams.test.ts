import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program } from '@almanac/kubernetes';
import { makeUpstreamMirrors } from '../src/upstreams/mirrors';
import { writeOfflineGit } from '../src/upstreams/offline-git';
import { upstreams } from '../src/upstreams/upstreams';
import { temporaryFolder, writeFiles } from './support';

const run = promisify(execFile);

/** Manifests of others as ours name them, by their real commit. */
const kustomization = async (): Promise<string> => {
  const [argocd, gateway, metrics] = await upstreams();
  return JSON.stringify({
    resources: [
      `${argocd!.repository}//manifests/crds?ref=${argocd!.commit}`,
      `${gateway!.repository}//config/crd?ref=${gateway!.commit}`,
      `${metrics!.repository}//manifests/base?ref=${metrics!.commit}`,
    ],
  });
};

const render = async (folder: string, first: string): Promise<string> => {
  const { stdout } = await run(await program('kustomize'), ['build', folder], {
    env: { PATH: `${first}:${process.env.PATH!}`, HOME: folder },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
};

describe('a mirror of an upstream', () => {
  it('is the same on every machine', async () => {
    await using one = await temporaryFolder();
    await using two = await temporaryFolder();
    const commits = async (to: string) => (await makeUpstreamMirrors(to)).map(({ commit }) => commit);
    const made = await commits(one.path);
    expect(await commits(two.path)).toEqual(made);
    expect(await commits(one.path)).toEqual(made); // those that were there already
  }, 120_000);

  it('renders what manifests take from upstreams, without a network', async () => {
    await using place = await temporaryFolder();
    await makeUpstreamMirrors(join(place.path, 'mirrors'));
    const offline = await writeOfflineGit(join(place.path, 'bin'), join(place.path, 'mirrors'));
    await writeFiles(place.path, { 'kustomization.yaml': await kustomization() });
    const rendered = await render(place.path, offline);
    for (const name of ['applications.argoproj.io', 'httproutes.gateway.networking.k8s.io', 'metrics-server'])
      expect(rendered).toContain(`name: ${name}\n`);
  }, 120_000);

  it('is needed: without it, kustomize asks GitHub for that very commit', async () => {
    await using place = await temporaryFolder();
    const asked = join(place.path, 'asked');
    const stub = `#!/bin/sh\necho "$@" >>${asked}\n[ "$1" != fetch ]\n`;
    await writeFiles(place.path, { 'kustomization.yaml': await kustomization(), 'bin/git': stub });
    await run('chmod', ['+x', join(place.path, 'bin/git')]);
    await expect(render(place.path, join(place.path, 'bin'))).rejects.toThrow('github.com');
    const [argocd] = await upstreams();
    expect(await readFile(asked, 'utf8')).toContain(
      `fetch --depth=1 ${argocd!.repository} ${argocd!.commit}\n`,
    );
  }, 120_000);
});
