import { program } from '@almanac/kubernetes';
import { run } from '../../processes';

/** Speaks to a cluster by kubectl. */
export interface Api {
  /** @param input for `-f -` */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Creates or changes what the manifests in a folder say. */
  apply(folder: string): Promise<void>;
  /** Creates or changes what a kustomization says. */
  applyKustomization(folder: string): Promise<void>;
  applyText(manifests: string): Promise<void>;
  isReady(): Promise<boolean>;
}

const ownership = ['--server-side', '--force-conflicts', '--field-manager=almanac-cluster'];

export const apiOf = async (kubeconfig: string): Promise<Api> => {
  const command = await program('kubectl');
  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    run(command, [`--kubeconfig=${kubeconfig}`, ...args], {
      ...(input !== undefined && { input }),
    });
  return {
    kubectl,
    apply: async (folder) => {
      await kubectl(['apply', ...ownership, `--filename=${folder}`]);
    },
    applyKustomization: async (folder) => {
      await kubectl(['apply', ...ownership, `--kustomize=${folder}`]);
    },
    applyText: async (manifests) => {
      await kubectl(['apply', ...ownership, '--filename=-'], manifests);
    },
    isReady: () =>
      kubectl(['get', '--raw=/readyz', '--request-timeout=2s']).then(
        (answer) => answer === 'ok',
        () => false,
      ),
  };
};
