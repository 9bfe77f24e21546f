import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { loadConfig } from '@almanac/config';
import type { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { Unreachable, type Application, type ClusterView } from './cluster-view';

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Patience with a cluster that doesn’t answer, in ms. */
const patience = 10_000;

const settings = z.object({ KUBECONFIG: z.string().optional() });

/** The kubeconfig files of the person at this machine, as kubectl looks for them. */
const ownKubeconfigs = (): string[] => {
  const { KUBECONFIG } = loadConfig(settings, undefined, () => undefined);
  return (KUBECONFIG?.split(delimiter) ?? [join(homedir(), '.kube', 'config')]).filter((file) =>
    existsSync(file),
  );
};

/**
 * Looks into a cluster by its Kubernetes API.
 *
 * @param cluster as the names of its environments begin; a context of this name is its
 * @param found the kubeconfig of a cluster that this machine runs
 * @throws Unreachable when there is no kubeconfig for it
 */
export async function viewCluster(
  cluster: string,
  { kubeconfig, context }: ClusterOptions,
  found: string | undefined,
): Promise<ClusterView> {
  const [first, ...more] = kubeconfig ? [kubeconfig] : found ? [found] : ownKubeconfigs();
  if (first === undefined || !existsSync(first))
    throw new Unreachable(
      `there is no kubeconfig${first === undefined ? '' : ` at ${first}`}: \`npm run cluster\` makes a cluster, --kubeconfig names one`,
    );
  // Loaded when it is needed: it is a thousand files.
  const { KubeConfig, CoreV1Api, CustomObjectsApi } = await import('@kubernetes/client-node');
  const config: KubeConfig = new KubeConfig();
  config.loadFromFile(first);
  for (const file of more) mergeInto(config, new KubeConfig(), file);
  const names = config.getContexts().map(({ name }) => name);
  const chosen = context ?? (names.includes(cluster) ? cluster : undefined);
  if (chosen !== undefined) {
    if (!names.includes(chosen))
      throw new Unreachable(`${first} has no context ${chosen}; it has ${names.join(', ') || 'none'}`);
    config.setCurrentContext(chosen);
  }
  if (!config.getCurrentCluster()) throw new Unreachable(`${first} names no cluster: choose a --context`);
  const applications = config.makeApiClient(CustomObjectsApi);
  const core = config.makeApiClient(CoreV1Api);

  return {
    application: async (name) => {
      const argocd = {
        group: 'argoproj.io',
        version: 'v1alpha1',
        plural: 'applications',
        namespace: 'argocd',
      };
      const answer = ask(config, applications.getNamespacedCustomObject({ ...argocd, name }));
      return (await unlessMissing(answer)) as Application | undefined;
    },
    pods: async (namespace) => (await ask(config, core.listNamespacedPod({ namespace }))).items,
  };
}

function mergeInto(config: KubeConfig, other: KubeConfig, file: string): void {
  other.loadFromFile(file);
  config.mergeConfig(other, true);
}

/** The answer of the API, or a sentence instead of a stack. */
async function ask<Answer>(config: KubeConfig, question: Promise<Answer>): Promise<Answer> {
  const server = config.getCurrentCluster()?.server ?? 'the cluster';
  const silence = AbortSignal.timeout(patience);
  const silent = new Promise<never>((_, reject) => {
    silence.addEventListener('abort', () => {
      reject(new Unreachable(`${server} doesn’t answer`));
    });
  });
  try {
    return await Promise.race([question, silent]);
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (error instanceof Unreachable || code === 404) throw error;
    if (code === 401 || code === 403)
      throw new Unreachable(`${server} doesn’t let us look (${code})`, { cause: error });
    if (typeof code === 'number')
      throw new Error(`${server} answered ${code}: ${message.slice(0, 300)}`, { cause: error });
    throw new Unreachable(`${server} can’t be reached: ${causeOf(error)}`, { cause: error });
  }
}

const causeOf = (error: unknown): string => {
  const { cause, message, code } = error as { cause?: unknown; message: string; code?: string };
  return cause === undefined ? (code ?? message) : causeOf(cause);
};

async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return undefined;
    throw error;
  }
}
