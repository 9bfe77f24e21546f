import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isApplication, type Application } from '../src/application-set';
import type { Rendered } from '../src/cluster';
import { parseResources } from '../src/resource';

export const root = resolve(__dirname, '../../..');

const folder = join(__dirname, 'fixtures');

/** What a fixture without an Application of its own is in. */
const example = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'example' },
  spec: {
    project: 'product',
    source: {
      repoURL: 'https://github.com/almanac/almanac',
      targetRevision: 'main',
      path: 'overlays/example',
    },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'almanac-example' },
  },
} as Application;

export interface Fixture {
  /** `drains-are-gentle/bad-blocking` */
  readonly name: string;
  readonly policy: string;
  readonly isGood: boolean;
  /** What the first line says that must be found; empty for a good one. */
  readonly says: string;
  readonly cluster: readonly Rendered[];
}

/** Each Application among the documents begins another; what follows is what it brings. */
function clusterOf(yaml: string): Rendered[] {
  const cluster: { application: Application; resources: Rendered['resources'][number][] }[] = [];
  for (const resource of parseResources(yaml)) {
    if (isApplication(resource)) cluster.push({ application: resource, resources: [] });
    else if (cluster.length === 0) cluster.push({ application: example, resources: [resource] });
    else cluster.at(-1)!.resources.push(resource);
  }
  return cluster;
}

/** fixtures/<policy>/{good,bad-*}.yaml */
export const fixtures: readonly Fixture[] = readdirSync(folder).flatMap((policy) =>
  readdirSync(join(folder, policy)).map((file) => {
    const yaml = readFileSync(join(folder, policy, file), 'utf8');
    const isGood = file === 'good.yaml';
    return {
      name: `${policy}/${file.replace(/\.yaml$/, '')}`,
      policy,
      isGood,
      says: isGood ? '' : (/^# (.+)\n/.exec(yaml)?.[1] ?? ''),
      cluster: clusterOf(yaml),
    };
  }),
);
