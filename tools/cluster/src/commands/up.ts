import { dirname, join } from 'node:path';
import type { Terminal } from '@almanac/command-line';
import type { EnvironmentFile } from '@almanac/gitops';
import {
  makeUpstreamMirrors,
  thirdPartyReferences,
  writeOfflineGit,
  writeThirdPartyImages,
} from '@almanac/images';
import { cacheDirectory } from '@almanac/kubernetes';
import type { Arguments } from '../arguments';
import { applyFolder } from '../bootstrap/apply';
import { applicationsOf, inWords, isWell, type ApplicationStatus } from '../bootstrap/applications';
import { argocdSecret, gitService } from '../bootstrap/objects';
import { complaintsOf, isReady, workloadsOf } from '../bootstrap/workloads';
import { currentState, isPlatform, openState } from '../environments';
import { git } from '../git/git';
import { ensureRemote, ensureRepository } from '../git/repository';
import { kubectlFor, type Kubectl } from '../kubectl';
import { providers } from '../providers';
import { reportTo } from '../report';
import { filesOf, secretsOf, type ClusterFiles, type Settings } from '../state';
import { provideReleases } from './first-releases';
import { repositoryAddress, startServer } from './server';
import { settle } from './settle';
import { waitFor } from './wait-for';

export interface UpOptions {
  /** The folder of the cluster. */
  readonly directory: string;
  /** The repository that this program is part of. */
  readonly workingCopy: string;
  readonly terminal: Terminal;
  /** Aborted: stop at the next step. */
  readonly signal: AbortSignal;
}

/** A cluster that is up, and where things are. */
export interface Up {
  readonly settings: Settings;
  readonly kubeconfig: string;
  /** Where a remote of the working copy leads that has the name of the cluster, but is another's. */
  readonly otherRemote: string | undefined;
  /** Files of the working copy that are not committed, so not deployed. */
  readonly uncommitted: number;
}

/** ms: an old laptop that starts three dozen pods at once. */
const patience = { argocd: 300_000, platform: 600_000, product: 600_000 };

/** Asks an ApplicationSet to look at once. */
const refresh = 'argocd.argoproj.io/application-set-refresh=true';

/** Archives of images of others are the same for every cluster. */
const imagesOfOthers = () => join(cacheDirectory(), 'images');

/** Images of others and manifests of others, where neither can be had from the network. */
const provideOffline = async (
  { upstream, directory }: ClusterFiles & { directory: string },
  loadImages: (archives: readonly string[]) => Promise<void>,
): Promise<string> => {
  await makeUpstreamMirrors(upstream);
  const references = Object.values(await thirdPartyReferences());
  await loadImages(await writeThirdPartyImages(references, { to: imagesOfOthers() }));
  return writeOfflineGit(join(directory, 'offline-git'), upstream);
};

/** Argo CD and what it begins with, as the platform's release says. */
const bootstrap = async (
  kubectl: Kubectl,
  files: ClusterFiles,
  programs: string | undefined,
): Promise<void> => {
  const repository = openState(files);
  const platform = (await currentState(repository)).ours.find(isPlatform);
  if (!platform?.release)
    throw new Error('There is no release of the platform in clusters/local/platform.yaml');
  await kubectl.apply(argocdSecret(await secretsOf(files)));
  await repository.checkOut(platform.release.revision, files.bootstrap);
  await applyFolder(kubectl, join(files.bootstrap, dirname(platform.path)), programs);
};

const argocdIsReady = (kubectl: Kubectl, say: (doing: string) => void) => async () => {
  const workloads = await workloadsOf(kubectl, 'argocd');
  const ready = workloads.filter(isReady);
  say(`${ready.length} of ${workloads.length} ready`);
  return workloads.length > 0 && ready.length === workloads.length;
};

/** Which release each Application should have: by its name, that of an environment's namespace or `platform`. */
const expectedOf = (environments: readonly EnvironmentFile[]): ReadonlyMap<string, string> =>
  new Map(
    environments.map((one) => [
      isPlatform(one) ? 'platform' : one.target.namespace,
      one.release?.id ?? 'none',
    ]),
  );

/**
 * Whether Applications are there and well; says of one of them how it is.
 *
 * @param expected those that must be there, and their releases
 * @param matters which of the others there are must be well, too
 */
const applicationsAreWell =
  (
    kubectl: Kubectl,
    expected: ReadonlyMap<string, string>,
    matters: (application: ApplicationStatus) => boolean,
    say: (doing: string) => void,
  ) =>
  async () => {
    const found = new Map(
      (await applicationsOf(kubectl)).map((application) => [application.name, application]),
    );
    const missing = [...expected].find(([name, release]) => found.get(name)?.release !== release);
    const ill = [...found.values()].find(
      (application) => (expected.has(application.name) || matters(application)) && !isWell(application),
    );
    if (missing) say(`${missing[0]} is to get ${missing[1]}`);
    else if (ill) say(`${ill.name}: ${inWords(ill)}`);
    return missing === undefined && ill === undefined;
  };

/** What can be said of why Applications don't get well. */
const whyNotWell = (kubectl: Kubectl) => async (): Promise<readonly string[]> => {
  const ill = (await applicationsOf(kubectl)).filter((application) => !isWell(application));
  const namespaces = [...new Set(ill.map(({ namespace }) => namespace))];
  const complaints = await Promise.all(namespaces.map((namespace) => complaintsOf(kubectl, namespace)));
  return [
    ...ill.map((application) =>
      [`${application.name}: ${inWords(application)}`, ...application.trouble].join('; '),
    ),
    ...complaints.flat(),
  ];
};

/**
 * Brings a cluster up with the product in it, or what is missing of that: each step looks at what is there, and
 * begins where the one that was interrupted ended.
 */
export const up = async (
  args: Arguments,
  { directory, workingCopy, terminal, signal }: UpOptions,
): Promise<Up> => {
  const files = filesOf(directory);
  const step: Terminal['step'] = (one) => {
    signal.throwIfAborted();
    return terminal.step(one);
  };
  const settings = await settle(files, args);
  const { provider, port, gitPort } = settings;

  const cluster = await providers[provider].up(
    { name: args.name, directory, ...settings },
    reportTo(terminal),
  );
  const kubectl = await kubectlFor(cluster.kubeconfig);
  const { hostAddress, gateway } = cluster;

  const remote = await step({
    name: 'Git server',
    run: async () => {
      await ensureRepository(files.repository, { workingCopy, socket: files.socket });
      await startServer({ directory, gitPort, port, hostAddress, gateway }, workingCopy);
      await kubectl.apply(gitService({ hostAddress, gitPort }));
      return ensureRemote(workingCopy, args.name, repositoryAddress(gitPort));
    },
    outcome: () => repositoryAddress(gitPort),
  });

  const programs = cluster.needsImages
    ? await step({
        name: 'Images of others',
        run: () => provideOffline({ ...files, directory }, (archives) => cluster.loadImages(archives)),
      })
    : undefined;

  await step({
    name: 'Releases',
    run: (say) => provideReleases({ directory, workingCopy, say }),
    outcome: (releases) => releases.join(', '),
  });

  await step({
    name: 'Argo CD',
    run: async (say) => {
      await bootstrap(kubectl, files, programs);
      await waitFor('Argo CD is ready', argocdIsReady(kubectl, say), {
        ...{ within: patience.argocd, signal },
        why: () => complaintsOf(kubectl, 'argocd'),
      });
      // It may have looked before it could read the repository, and would look again after three minutes.
      await kubectl('annotate', 'applicationset', 'platform', '-n', 'argocd', '--overwrite', refresh);
    },
  });

  const { ours } = await currentState(openState(files));
  const [platform, product] = [ours.filter(isPlatform), ours.filter((one) => !isPlatform(one))];
  const isOfPlatform = ({ namespace }: ApplicationStatus) =>
    !product.some(({ target }) => target.namespace === namespace);
  const why = whyNotWell(kubectl);
  await step({
    name: 'Platform',
    run: (say) =>
      waitFor('the platform is well', applicationsAreWell(kubectl, expectedOf(platform), isOfPlatform, say), {
        ...{ within: patience.platform, signal, why },
      }),
  });
  await step({
    name: 'Product',
    run: (say) =>
      waitFor(
        'the product is well',
        applicationsAreWell(kubectl, expectedOf(ours), () => false, say),
        {
          ...{ within: patience.product, signal, why },
        },
      ),
    outcome: () => product.map(({ name }) => name).join(', '),
  });

  const changes = await git(workingCopy, 'status', '--porcelain');
  return {
    settings,
    kubeconfig: cluster.kubeconfig,
    otherRemote: remote.other,
    uncommitted: changes.split('\n').filter((line) => line !== '').length,
  };
};
