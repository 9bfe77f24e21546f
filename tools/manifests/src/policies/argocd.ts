import { matchesGlob } from 'node:path';
import { isApplicationSet } from '../application-set';
import type { Rendered } from '../cluster';
import { isAppProject, isRole, type AppProject, type PermittedKind } from '../kinds';
import type { Finding, Policy } from '../policy';
import { groupOf, nameOf, type Resource } from '../resource';
import { clusterScoped } from '../schemas';

const projectOf = ({ application }: Rendered, cluster: readonly Rendered[]): AppProject | undefined =>
  cluster
    .flatMap(({ resources }) => resources)
    .filter(isAppProject)
    .find(({ metadata }) => metadata.name === application.spec.project);

const self = ({ application }: Rendered, message: string): Finding => ({
  resource: `Application/${application.metadata.name}`,
  message,
});

const permits = (list: readonly PermittedKind[] = [], resource: Resource): boolean =>
  list.some(
    ({ group, kind, name = '*' }) =>
      group === groupOf(resource) && kind === resource.kind && matchesGlob(resource.metadata.name, name),
  );

const projectsPermit: Policy = {
  name: 'projects-permit',
  because: 'Argo CD refuses the sync, when it is too late to say so',
  check: (rendered, cluster) => {
    const { source, destination, project: name } = rendered.application.spec;
    const project = projectOf(rendered, cluster);
    if (name === 'default') return [self(rendered, 'is in the project `default`, which permits everything')];
    if (project === undefined) return [self(rendered, `is in the project ${name}, which isn’t there`)];
    const { sourceRepos, destinations, clusterResourceWhitelist, namespaceResourceWhitelist } = project.spec;
    const place = (namespace: string) =>
      destinations.some((one) => one.server === destination.server && matchesGlob(namespace, one.namespace));
    return [
      ...(sourceRepos.includes(source.repoURL)
        ? []
        : [self(rendered, `comes from ${source.repoURL}: ${name} doesn’t`)]),
      ...(place(destination.namespace)
        ? []
        : [self(rendered, `goes to ${destination.namespace}: ${name} may not`)]),
      ...rendered.resources.flatMap((resource): Finding[] => {
        const everywhere = clusterScoped(resource);
        const list = everywhere ? clusterResourceWhitelist : namespaceResourceWhitelist;
        const { namespace } = resource.metadata;
        const what = nameOf(resource);
        return [
          ...(permits(list, resource)
            ? []
            : [{ resource: what, message: `is of a kind that ${name} may not make` }]),
          ...(everywhere || namespace === undefined || place(namespace)
            ? []
            : [{ resource: what, message: `is in ${namespace}: ${name} may not go there` }]),
        ];
      }),
    ];
  },
};

const projectsAreClosed: Policy = {
  name: 'projects-are-closed',
  because: 'whoever can change one file can make anything anywhere',
  check: ({ resources }) =>
    resources.filter(isAppProject).flatMap((resource) => {
      const {
        sourceRepos,
        destinations,
        clusterResourceWhitelist = [],
        namespaceResourceWhitelist,
      } = resource.spec;
      const open = [
        ...sourceRepos,
        ...destinations.flatMap(({ server, namespace }) => [server, namespace]),
        ...[...clusterResourceWhitelist, ...(namespaceResourceWhitelist ?? [])].map(({ kind }) => kind),
      ].includes('*');
      return [
        open && 'has `*` in a list: name what it may',
        namespaceResourceWhitelist === undefined &&
          'permits every kind in its namespaces: namespaceResourceWhitelist',
      ]
        .filter((message) => message !== false)
        .map((message) => ({ resource: nameOf(resource), message }));
    }),
};

const revisionsAreCommits: Policy = {
  name: 'revisions-are-commits',
  because: 'a push changes production, without a promotion',
  check: (rendered) => {
    const { targetRevision } = rendered.application.spec.source;
    return /^[0-9a-f]{40}$/.test(targetRevision)
      ? []
      : [self(rendered, `follows ${targetRevision}: only a commit stays what it is`)];
  },
};

const guard = 'pod-security.kubernetes.io/enforce';

const namespacesAreGuarded: Policy = {
  name: 'namespaces-are-guarded',
  because: 'a pod that the policies never saw runs as root there',
  check: (rendered) => {
    const { syncOptions = [], managedNamespaceMetadata } = rendered.application.spec.syncPolicy ?? {};
    const unguarded =
      syncOptions.includes('CreateNamespace=true') &&
      managedNamespaceMetadata?.labels?.[guard] !== 'restricted';
    return [
      ...(unguarded ? [self(rendered, `creates a namespace without ${guard}: restricted`)] : []),
      ...rendered.resources
        .filter(({ kind, metadata }) => kind === 'Namespace' && metadata.labels?.[guard] !== 'restricted')
        .map((resource) => ({ resource: nameOf(resource), message: `has no label ${guard}: restricted` })),
    ];
  },
};

const nothingIsTakenAway: Policy = {
  name: 'nothing-is-taken-away',
  because: 'a file that is renamed deletes production',
  check: ({ resources }) =>
    resources
      .filter(isApplicationSet)
      .filter(({ metadata }) => metadata.name !== 'previews') // they go with their request
      .flatMap((resource) => {
        const { syncPolicy } = resource.spec;
        return [
          syncPolicy?.applicationsSync !== 'create-update' &&
            'may delete Applications: applicationsSync: create-update',
          syncPolicy?.preserveResourcesOnDeletion !== true &&
            'takes along what runs: preserveResourcesOnDeletion: true',
        ]
          .filter((message) => message !== false)
          .map((message) => ({ resource: nameOf(resource), message }));
      }),
};

const templatesAreStrict: Policy = {
  name: 'templates-are-strict',
  because: 'a key that is missing becomes `<no value>`, and that is deployed',
  check: ({ resources }) =>
    resources
      .filter(isApplicationSet)
      .filter(
        ({ spec }) =>
          spec.goTemplate !== true || spec.goTemplateOptions?.includes('missingkey=error') !== true,
      )
      .map((resource) => ({
        resource: nameOf(resource),
        message: 'doesn’t stop at a missing key: goTemplateOptions [missingkey=error]',
      })),
};

const namespacesHaveOneOwner: Policy = {
  name: 'namespaces-have-one-owner',
  because: 'two environments overwrite each other',
  check: (rendered, cluster) => {
    const { project, destination } = rendered.application.spec;
    if (project === 'platform') return []; // its parts share namespaces, not resources
    const other = cluster.find(
      ({ application }) =>
        application !== rendered.application &&
        application.spec.destination.namespace === destination.namespace,
    );
    return other === undefined
      ? []
      : [self(rendered, `shares ${destination.namespace} with ${other.application.metadata.name}`)];
  },
};

const secretsStayOut: Policy = {
  name: 'secrets-stay-out',
  because: 'whoever reads the repository knows it, for as long as its history is kept',
  check: ({ resources }) =>
    resources
      .filter(
        ({ kind, data, stringData }) => kind === 'Secret' && (data !== undefined || stringData !== undefined),
      )
      .map((resource) => ({ resource: nameOf(resource), message: 'is a Secret with its content' })),
};

const rightsAreNamed: Policy = {
  name: 'rights-are-named',
  because: 'a right to everything is the cluster’s administrator’s',
  except: { argocd: 'it applies what is in git, whatever that is; the AppProjects say what may be' },
  check: ({ resources }) =>
    resources
      .filter(isRole)
      .filter(({ rules = [] }) =>
        rules.some(({ verbs, resources: what = [] }) =>
          [...verbs, ...what].some((word) => ['*', 'bind', 'escalate', 'impersonate'].includes(word)),
        ),
      )
      .map((resource) => ({
        resource: nameOf(resource),
        message: 'has a right to everything, or to give itself any: name verbs and resources',
      })),
};

export const argocdPolicies: readonly Policy[] = [
  projectsPermit,
  projectsAreClosed,
  revisionsAreCommits,
  namespacesAreGuarded,
  nothingIsTakenAway,
  templatesAreStrict,
  namespacesHaveOneOwner,
  secretsStayOut,
  rightsAreNamed,
];
