import { attempt, type Run } from '../../processes';

/** Gives one archive to all nodes of a cluster. */
export type Loader = (archive: string) => Promise<void>;

interface Profiles {
  readonly valid?: readonly {
    readonly Name: string;
    readonly Config: { readonly KubernetesConfig: { readonly ContainerRuntime: string } };
  }[];
}

async function minikube(execute: Run, context: string): Promise<Loader | null> {
  const profiles = await attempt(execute('minikube', ['profile', 'list', '--output=json']));
  const profile = (JSON.parse(profiles ?? '{}') as Profiles).valid?.find(({ Name }) => Name === context);
  if (!profile) return null;
  const { ContainerRuntime: runtime } = profile.Config.KubernetesConfig;
  if (runtime !== 'containerd')
    throw new Error(
      `Minikube runs ${runtime || 'docker'}, which can’t be given an image under the digest that a release names. ` +
        `Make it anew: minikube start --profile=${context} --container-runtime=containerd`,
    );
  return async (archive) => {
    await execute('minikube', ['--profile', context, 'image', 'load', archive]);
  };
}

/** k3d calls the context of its cluster `<name>` `k3d-<name>`. */
function k3d(execute: Run, context: string): Loader | null {
  const [, cluster] = /^k3d-(.+)$/.exec(context) ?? [];
  if (cluster === undefined) return null;
  return async (archive) => {
    await execute('k3d', ['image', 'import', archive, '--cluster', cluster]);
  };
}

/** How images get into the cluster of a kubecontext without a registry. */
export async function loaderFor(execute: Run, context: string): Promise<Loader> {
  const loader = k3d(execute, context) ?? (await minikube(execute, context));
  if (loader) return loader;
  throw new Error(
    `Images can’t be loaded into the cluster of ${context}: only Minikube and k3d take them from this machine. ` +
      `Push them to a registry that the cluster pulls from, and name it in base/.`,
  );
}
