/**
 * What is built of Go modules: each module in this folder pins one set of dependencies that agree with each
 * other (Kubernetes, Argo CD and Calico need different versions of the same packages, so they can't share one).
 */
const kubernetes = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];

interface ModuleDefinition {
  /** Program → the package that is its main. */
  readonly programs: Readonly<Record<string, string>>;
  /** Where the version that a program reports stands, by the linker's `-X`; `$VERSION` is that of `of`, `$NUMBER` without its v. */
  readonly stamps?: { readonly of: string; readonly variables: readonly string[] };
  /** Modules whose versions the public checksum database doesn't list; go.sum pins them all the same. */
  readonly unlisted?: string;
}

const define = <Modules extends Record<string, ModuleDefinition>>(modules: Modules): Modules => modules;

export const modules = define({
  node: {
    programs: {
      etcd: 'go.etcd.io/etcd/server/v3',
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    stamps: {
      of: 'k8s.io/kubernetes',
      variables: kubernetes.flatMap((path) => [
        `${path}.gitVersion=$VERSION`,
        `${path}.gitMajor=$MAJOR`,
        `${path}.gitMinor=$MINOR`,
        `${path}.gitTreeState=clean`,
        `${path}.gitCommit=${'0'.repeat(40)}`,
        `${path}.buildDate=1970-01-01T00:00:00Z`,
      ]),
    },
  },
  kustomize: { programs: { kustomize: 'sigs.k8s.io/kustomize/kustomize/v5' } },
  coredns: { programs: { coredns: './cmd/coredns' } },
  'metrics-server': { programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' } },
  calico: {
    programs: {
      'calico-felix': 'github.com/projectcalico/calico/felix/cmd/calico-felix',
      'calico-cni': 'github.com/projectcalico/calico/cni-plugin/cmd/calico',
    },
    unlisted: 'github.com/projectcalico/*',
  },
  'local-path-provisioner': {
    programs: { 'local-path-provisioner': 'github.com/rancher/local-path-provisioner' },
  },
  traefik: {
    programs: { traefik: 'github.com/traefik/traefik/v3/cmd/traefik' },
    stamps: {
      of: 'github.com/traefik/traefik/v3',
      variables: ['github.com/traefik/traefik/v3/pkg/version.Version=$NUMBER'],
    },
  },
  argocd: {
    programs: { argocd: 'github.com/argoproj/argo-cd/v3/cmd' },
    stamps: {
      of: 'github.com/argoproj/argo-cd/v3',
      variables: [
        'github.com/argoproj/argo-cd/v3/common.version=$NUMBER',
        'github.com/argoproj/argo-cd/v3/common.gitTreeState=clean',
      ],
    },
  },
  pause: { programs: { pause: './cmd/pause' } },
  appset: { programs: { 'render-templates': './cmd/render-templates' } },
});

export type ModuleName = keyof typeof modules;

export type ProgramName = { [Name in ModuleName]: keyof (typeof modules)[Name]['programs'] }[ModuleName];

/** The module that a program is built of. */
export const moduleOf = (program: ProgramName): ModuleName =>
  (Object.keys(modules) as ModuleName[]).find((name) => program in modules[name].programs)!;

/** All of them; those of one module follow each other, as they share what is compiled. */
export const programNames = Object.values(modules).flatMap((module) =>
  Object.keys(module.programs),
) as ProgramName[];
