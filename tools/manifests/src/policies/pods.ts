import type { Rendered } from '../cluster';
import type { Finding, Policy } from '../policy';
import { workloadsOf, type Container, type Workload } from '../workload';

/** A check that looks at each workload alone: what it says of it. */
const workloads =
  (say: (workload: Workload) => readonly (string | false)[]) =>
  ({ resources }: Pick<Rendered, 'resources'>): Finding[] =>
    workloadsOf(resources).flatMap((workload) =>
      say(workload)
        .filter((message) => message !== false)
        .map((message) => ({ resource: workload.name, message })),
    );

const containers = (say: (container: Container) => readonly (string | false)[]) =>
  workloads((workload) =>
    workload.containers.flatMap((container) =>
      say(container).map((message) => message !== false && `container ${container.name} ${message}`),
    ),
  );

const upstreamProbes = { argocd: 'its manifests have the probes that its authors chose' };

const imagesArePinned: Policy = {
  name: 'images-are-pinned',
  because: 'a tag is moved, and the same manifest runs something else',
  check: (rendered) => {
    // A preview's tags are those of its commit, which is where they end.
    const preview = rendered.application.spec.project === 'previews';
    const pinned = preview ? /(@sha256:[0-9a-f]{64}|:\d+-[0-9a-f]{40})$/ : /@sha256:[0-9a-f]{64}$/;
    return containers(({ image }) => [!pinned.test(image) && `runs ${image}: name its digest`])(rendered);
  },
};

const podsAreRestricted: Policy = {
  name: 'pods-are-restricted',
  because: 'the namespaces enforce Pod Security "restricted": such a pod is never made',
  check: workloads(({ pod, containers }) => [
    (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true) &&
      'shares something of the host',
    pod.volumes?.some((volume) => volume.hostPath !== undefined) === true && 'mounts a folder of the host',
    ...containers.flatMap(({ name, securityContext = {} }) => {
      const { runAsNonRoot, seccompProfile } = { ...pod.securityContext, ...securityContext };
      const { privileged = false, allowPrivilegeEscalation, capabilities } = securityContext;
      return [
        runAsNonRoot !== true && `container ${name} may run as root: runAsNonRoot`,
        seccompProfile?.type !== 'RuntimeDefault' &&
          `container ${name} has every system call: seccompProfile RuntimeDefault`,
        privileged && `container ${name} is privileged`,
        allowPrivilegeEscalation !== false && `container ${name} may gain rights`,
        capabilities?.drop?.includes('ALL') !== true && `container ${name} keeps capabilities: drop ALL`,
        capabilities?.add !== undefined && `container ${name} adds capabilities`,
      ];
    }),
  ]),
};

const rootIsReadOnly: Policy = {
  name: 'root-is-read-only',
  because: 'what an intruder writes stays where the program is',
  check: containers(({ securityContext }) => [
    securityContext?.readOnlyRootFilesystem !== true && 'can write to its own image: readOnlyRootFilesystem',
  ]),
};

const resourcesAreSaid: Policy = {
  name: 'resources-are-said',
  because:
    'a pod without requests is put anywhere, and one without a memory limit takes its neighbours along',
  check: containers(({ resources: { requests = {}, limits = {} } = {} }) => [
    requests.cpu === undefined && 'requests no CPU',
    requests.memory === undefined && 'requests no memory',
    limits.memory === undefined && 'has no limit of memory',
    limits.cpu !== undefined && 'has a limit of CPU: it stands still for the rest of each period',
  ]),
};

const probesDiffer: Policy = {
  name: 'probes-differ',
  because: 'a liveness probe that asks what readiness asks restarts everything when the database is away',
  except: upstreamProbes,
  check: workloads(({ resource, pod }) => {
    if (resource.kind === 'Job') return [];
    const upstream = resource.metadata.name === 'metrics-server';
    return pod.containers.flatMap(({ name, startupProbe, readinessProbe, livenessProbe }) => [
      startupProbe === undefined && !upstream && `container ${name} has no startup probe`,
      readinessProbe === undefined && `container ${name} has no readiness probe`,
      livenessProbe === undefined && `container ${name} has no liveness probe`,
      livenessProbe?.httpGet !== undefined &&
        JSON.stringify(livenessProbe.httpGet) === JSON.stringify(readinessProbe?.httpGet) &&
        `container ${name} is restarted for not being ready: liveness must ask less`,
    ]);
  }),
};

/** Seconds that a server may take to finish what it has, after it was told to. */
const drain = 30;

const graceIsLongEnough: Policy = {
  name: 'grace-is-long-enough',
  because: 'the kubelet kills in the middle of a request',
  except: { ...upstreamProbes, 'metrics-server': 'it answers what can be asked again' },
  check: workloads(({ resource, pod }) => {
    const { terminationGracePeriodSeconds: grace = 30 } = pod;
    return pod.containers
      .filter(({ name }) => resource.kind === 'Deployment' && name === 'service')
      .flatMap(({ name, lifecycle }) => {
        const sleep = lifecycle?.preStop?.sleep?.seconds ?? 0;
        return [
          sleep < 8 &&
            `container ${name} stops before the last kube-proxy knows: preStop.sleep of 8 s or more`,
          sleep + drain > grace && `container ${name} has ${grace} s to stop and may need ${sleep + drain} s`,
        ];
      });
  }),
};

const tokens: Readonly<Record<string, string>> = {
  'Job/generate-secrets-1': 'creates Secrets',
  'Deployment/traefik': 'watches routes',
  'Deployment/metrics-server': 'asks who may read figures',
};

const tokensAreForAFew: Policy = {
  name: 'tokens-are-for-a-few',
  because: 'whoever gets into the pod speaks to the API server in its name',
  except: { argocd: 'it works through the API server' },
  check: workloads(({ name, pod }) => [
    pod.serviceAccountName === undefined && 'runs as the namespace’s default account: give it one of its own',
    pod.automountServiceAccountToken !== false &&
      !(name in tokens) &&
      'gets a token: automountServiceAccountToken: false',
  ]),
};

const serviceLinksAreOff: Policy = {
  name: 'service-links-are-off',
  because: 'a Service called `almanac` would set ALMANAC_PORT in every pod',
  except: { argocd: 'its names are its own', 'metrics-server': 'it reads no environment' },
  check: workloads(({ pod }) => [
    pod.enableServiceLinks !== false && 'takes variables of Services: enableServiceLinks: false',
  ]),
};

const secretsAreReferences: Policy = {
  name: 'secrets-are-references',
  because: 'whoever reads the repository, or lists pods, knows it',
  check: containers(({ env = [] }) =>
    env.flatMap(({ name, value = '' }) => [
      /PASSWORD|SECRET|TOKEN|_KEY/.test(name) &&
        !name.endsWith('_FILE') &&
        value !== '' &&
        `has the value of ${name}: take it from a Secret`,
      /:\/\/[^/\s:]*:[^/\s@]+@/.test(value) && `has a password in the address ${name}`,
    ]),
  ),
};

export const podPolicies: readonly Policy[] = [
  imagesArePinned,
  podsAreRestricted,
  rootIsReadOnly,
  resourcesAreSaid,
  probesDiffer,
  graceIsLongEnough,
  tokensAreForAFew,
  serviceLinksAreOff,
  secretsAreReferences,
];
