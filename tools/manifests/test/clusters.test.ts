import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { thirdPartyReferences, upstreams } from '@almanac/images';
import { randomSecrets } from '@almanac/migrate';
import { parse, stringify } from 'yaml';
import { clusterNames, walkCluster, type Cluster } from '../src/cluster';
import { isQuota } from '../src/kinds';
import { offlineKustomize } from '../src/kustomize';
import { policies } from '../src/policies';
import { violationsOf } from '../src/policy';
import { mostOf } from '../src/policies/quotas';
import { quantity } from '../src/quantity';
import { nameOf } from '../src/resource';
import { createValidator } from '../src/schemas';
import { workloadsOf } from '../src/workload';
import { root } from './support';

const names = clusterNames(root);
const limit = 60_000; // ms, for all clusters: a pull request waits for it

describe('Clusters', () => {
  const clusters = new Map<string, Cluster>();
  const cluster = (name: string): Cluster => clusters.get(name)!;
  const production = (name: string) =>
    cluster(name).applications.find(({ application }) => application.metadata.name === 'almanac-production')!
      .resources;
  let took = 0;

  beforeAll(async () => {
    const kustomize = await offlineKustomize(root);
    const begin = performance.now();
    for (const name of names) clusters.set(name, await walkCluster(root, name, kustomize));
    took = performance.now() - begin;
  }, 300_000);

  it('are rendered whole, from the bootstrap to the last overlay, within a minute', () => {
    expect(names).toEqual(['doks', 'local', 'oci']);
    expect(took).toBeLessThan(limit);
  });

  it.each(names)(
    '%s: every resource keeps the schema of its kind',
    async (name) => {
      const { applications } = cluster(name);
      const resources = applications.flatMap(({ application, resources }) => [application, ...resources]);
      const validate = await createValidator(resources);
      const faults = resources.flatMap((resource) =>
        validate(resource).map((fault) => `${nameOf(resource)}: ${fault}`),
      );
      expect(faults).toEqual([]);
    },
    60_000,
  );

  it.each(names)('%s keeps every policy', (name) => {
    expect(violationsOf(policies, cluster(name).applications)).toEqual([]);
  });

  it.each(names)('%s: the Applications are those of the golden file', (name) => {
    const applications = cluster(name).applications.map(({ application }) => application);
    const golden = readFileSync(join(__dirname, 'golden', `${name}.yaml`), 'utf8');
    expect(parse(golden)).toEqual(parse(stringify(applications)));
  });

  it.each(names)('%s: each environment file makes one Application, in the namespace that it says', (name) => {
    const files = globSync(`clusters/${name}/environments/*.yaml`, { cwd: root });
    const targets = files.map(
      (file) => (parse(readFileSync(join(root, file), 'utf8')) as { target: object }).target,
    );
    const made = cluster(name)
      .applications.map(({ application }) => application)
      .filter(({ spec }) => spec.project === 'product')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        overlay: spec.source.path,
        namespace: spec.destination.namespace,
      }));
    expect(made).toHaveLength(files.length);
    for (const target of targets as { overlay: string; namespace: string }[])
      expect(made).toContainEqual({
        name: target.namespace,
        overlay: target.overlay,
        namespace: target.namespace,
      });
  });

  it.each(names)('%s: Argo CD manages the very bootstrap that brought it there', (name) => {
    const { bootstrap, applications } = cluster(name);
    const own = applications.find(({ application }) => application.metadata.name === 'argocd');
    expect(own?.resources).toEqual(bootstrap);
  });

  it('differ where their machines do', () => {
    const of = (name: string, resource: string) => production(name).find((one) => nameOf(one) === resource);
    expect(of('doks', 'StatefulSet/postgres')).toBeUndefined();
    expect(of('local', 'StatefulSet/postgres')).toBeDefined();
    expect(of('oci', 'ResourceQuota/always-free')).toBeDefined();
    expect(of('local', 'Role/generate-secrets')).toBeDefined();
    expect(of('doks', 'Role/generate-secrets')).toBeUndefined();
    expect(of('oci', 'Role/generate-secrets')).toBeUndefined();
  });

  it.each(['local', 'doks'])(
    '%s: an environment that makes its own Secrets makes all that its pods need',
    async (name) => {
      const made = Object.entries(await randomSecrets()).flatMap(([secret, values]) =>
        Object.keys(values).map((key) => `${secret} ${key}`),
      );
      const environments = cluster(name).applications.filter(({ resources }) =>
        resources.some((resource) => nameOf(resource) === 'Role/generate-secrets'),
      );
      expect(environments.length).toBeGreaterThanOrEqual(1);
      for (const { resources } of environments) {
        const needed = workloadsOf(resources).flatMap(({ containers }) =>
          containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef)),
        );
        const names = needed
          .filter((secret) => secret !== undefined)
          .map(({ name: of, key }) => `${of} ${key}`);
        expect([...new Set(names)].sort()).toEqual(made.sort());
      }
    },
  );

  it('fit, all of oci, into the 2 CPUs and 12 GiB that are free, beside what k3s takes', () => {
    const [quota] = production('oci').filter(isQuota);
    const platform = cluster('oci').applications.filter(
      ({ application }) => application.spec.project === 'platform',
    );
    const all = (key: string) =>
      quantity(quota!.spec.hard[key]!) +
      platform.reduce((sum, { resources }) => sum + mostOf(key, resources), 0);
    const k3s = { cpu: 0.25, memory: 1.6 * 2 ** 30 }; // measured by its authors: docs.k3s.io/reference/resource-profiling
    expect(all('requests.cpu') + k3s.cpu).toBeLessThanOrEqual(2);
    expect(all('requests.memory') + k3s.memory).toBeLessThanOrEqual(12 * 2 ** 30);
  });

  it('use images of others as tools/images names them', async () => {
    const known = Object.values(await thirdPartyReferences());
    const used = [...clusters.values()].flatMap(({ applications }) =>
      applications.flatMap(({ resources }) =>
        workloadsOf(resources).flatMap(({ containers }) => containers.map(({ image }) => image)),
      ),
    );
    const others = [...new Set(used)].filter((image) => !image.startsWith('ghcr.io/almanac/'));
    expect(others.length).toBeGreaterThanOrEqual(5);
    expect(others.filter((image) => !known.includes(image))).toEqual([]);
  });
});

/** Every kustomization.yaml, with what it names. */
const kustomizations = globSync('{base,overlays,apps,argocd,clusters}/**/kustomization.yaml', {
  cwd: root,
}).map((file) => ({
  file,
  content: parse(readFileSync(join(root, file), 'utf8')) as {
    kind: string;
    resources?: string[];
    components?: string[];
  },
}));

describe('Manifests', () => {
  it('name upstreams by the commit that tools/images pins', async () => {
    const known = (await upstreams()).map(({ repository, commit }) => ({ repository, commit }));
    const remote = kustomizations.flatMap(({ content }) =>
      (content.resources ?? []).filter((resource) => resource.includes('://')),
    );
    expect(remote).toHaveLength(known.length);
    for (const address of remote) {
      const [, repository, commit] = /^(https:\/\/[^?]+?)\/\/[^?]+\?ref=([0-9a-f]{40})$/.exec(address) ?? [];
      expect(known).toContainEqual({ repository, commit });
    }
  });

  it('are used, all of them', () => {
    const imported = new Set(
      kustomizations.flatMap(({ file, content }) =>
        [...(content.resources ?? []), ...(content.components ?? [])].map((path) =>
          join(dirname(file), path),
        ),
      ),
    );
    const entered = new Set(
      names.flatMap((name) => {
        const golden = parse(readFileSync(join(__dirname, 'golden', `${name}.yaml`), 'utf8')) as {
          spec: { source: { path: string } };
        }[];
        return golden.map(({ spec }) => spec.source.path);
      }),
    );
    const unused = kustomizations
      .map(({ file }) => dirname(file))
      .filter((path) => !imported.has(path) && !entered.has(path));
    expect(unused).toEqual([]);
  });

  it('are listed by the kustomization beside them', () => {
    const listed = new Set(
      kustomizations.flatMap(({ file }) => {
        const text = readFileSync(join(root, file), 'utf8');
        return [...text.matchAll(/(?:- |path: )((?:patches\/)?[a-z-]+\.yaml)$/gm)].map((match) =>
          join(dirname(file), match[1]!),
        );
      }),
    );
    const others = globSync('{base,overlays,apps,argocd}/**/*.yaml', { cwd: root }).filter(
      (file) => !file.endsWith('/kustomization.yaml') && !listed.has(file),
    );
    expect(others).toEqual([]);
  });

  it('say in their first line which schema an editor checks them with', () => {
    const files = globSync('{base,overlays,apps,argocd,clusters}/**/*.yaml', { cwd: root }).filter(
      (file) => !file.endsWith('-patch.yaml') && !file.includes('/cluster-facts/'),
    );
    const kindOf = (text: string) =>
      (/^kind: (.+)$/m.exec(text)?.[1] ?? 'environment').toLowerCase().replace('component', 'kustomization');
    const without = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      return !schema.includes(kindOf(text));
    });
    expect(without).toEqual([]);
  });

  it('have one resource in a file', () => {
    const several = globSync('{base,overlays,apps,argocd,clusters}/**/*.yaml', { cwd: root }).filter((file) =>
      /^---$/m.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(several).toEqual([]);
  });
});
