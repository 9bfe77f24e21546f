import { program } from '@almanac/kubernetes';
import { run } from './processes';

/** An object of the Kubernetes API, as far as we look at it. */
export interface Resource {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export interface Kubectl {
  /** @returns what it printed */
  (...args: readonly string[]): Promise<string>;
  /** The objects that `kubectl get <args>` finds; none of a kind that isn't defined yet. */
  list<Kind extends Resource>(...args: readonly string[]): Promise<readonly Kind[]>;
  /** Makes objects, or brings them to this; fields of others stay. */
  apply(objects: readonly object[]): Promise<void>;
  /** Its command line, to be started in another way; append arguments. */
  readonly command: readonly string[];
}

/** Whose fields are those that we apply. */
const fieldManager = 'almanac-cluster';

export const applying = ['apply', '--server-side', '--force-conflicts', `--field-manager=${fieldManager}`];

/** kubectl of the version that the cluster has, as its administrator. */
export const kubectlFor = async (kubeconfig: string): Promise<Kubectl> => {
  const file = await program('kubectl');
  const own = ['--kubeconfig', kubeconfig];
  const kubectl = (...args: readonly string[]) => run(file, [...own, ...args]);
  return Object.assign(kubectl, {
    command: [file, ...own],
    list: async <Kind extends Resource>(...args: readonly string[]) => {
      try {
        const { items } = JSON.parse(await kubectl('get', ...args, '-o', 'json')) as {
          items: readonly Kind[];
        };
        return items;
      } catch (error) {
        if ((error as Error).message.includes("doesn't have a resource type")) return [];
        throw error;
      }
    },
    apply: async (objects: readonly object[]) => {
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      await run(file, [...own, ...applying, '-f', '-'], { input: JSON.stringify(list) });
    },
  });
};
