import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expand, isApplication, isApplicationSet, type Application, type Examples } from './application-set';
import type { Kustomize } from './kustomize';
import { nameOf, type Resource } from './resource';

/** What one Application brings into its cluster. */
export interface Rendered {
  readonly application: Application;
  readonly resources: readonly Resource[];
}

/** All that runs in one cluster, as Argo CD would find it in this work tree. */
export interface Cluster {
  readonly name: string;
  /** What `kubectl apply -k clusters/<name>` creates before there is anything to sync it. */
  readonly bootstrap: readonly Resource[];
  /** Each Application of the tree, parents first. */
  readonly applications: readonly Rendered[];
}

/** The clusters of the repository. */
export const clusterNames = (root: string): string[] =>
  readdirSync(join(root, 'clusters'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** A commit, and digests of images: so that what is rendered doesn't depend on what is released just now. */
const commit = '0123456789abcdef0123456789abcdef01234567';
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const examples: Examples = {
  release: {
    id: 'r-0123456789ab',
    revision: commit,
    images: {
      audit: digest('a'),
      migrate: digest('b'),
      realtime: digest('c'),
      'task-api': digest('d'),
      web: digest('e'),
    },
    schema: {},
  },
  pullRequest: {
    number: 7,
    title: 'Reminders by letter',
    branch: 'letters',
    branch_slug: 'letters',
    head_sha: commit,
    head_short_sha: commit.slice(0, 8),
    labels: ['preview'],
  },
};

/**
 * Walks from a cluster's bootstrap to everything that Argo CD makes of it: ApplicationSets are expanded,
 * Applications rendered, and whatever Applications are in those too.
 *
 * @throws Error when something can't be rendered, or two parents make the same Application differently
 */
export async function walkCluster(root: string, name: string, kustomize: Kustomize): Promise<Cluster> {
  const applications: Rendered[] = [];
  const known = new Map<string, string>();

  /** False for what was met before: Argo CD manages its own bootstrap, which leads back to itself. */
  const isNew = (resource: Resource): boolean => {
    const [key, content] = [nameOf(resource), JSON.stringify(resource)];
    const before = known.get(key);
    if (before !== undefined && before !== content)
      throw new Error(`${name}: ${key} is made twice, and differs.`);
    known.set(key, content);
    return before === undefined;
  };

  const visit = async (resources: readonly Resource[]): Promise<void> => {
    for (const resource of resources) {
      if (isApplication(resource)) await enter(resource);
      if (isApplicationSet(resource) && isNew(resource))
        for (const application of await expand(root, resource, examples)) await enter(application);
    }
  };

  const enter = async (application: Application): Promise<void> => {
    if (!isNew(application)) return;
    const { path, kustomize: options } = application.spec.source;
    const resources = await kustomize.build(path, options);
    applications.push({ application, resources });
    await visit(resources);
  };

  const bootstrap = await kustomize.build(`clusters/${name}`);
  await visit(bootstrap);
  return { name, bootstrap, applications };
}
