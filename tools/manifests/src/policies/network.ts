import { isNetworkPolicy, isRoute, isService, selects, type NetworkPolicy, type RouteRule } from '../kinds';
import type { Finding, Policy } from '../policy';
import { nameOf, type Resource } from '../resource';
import { workloadsOf } from '../workload';

const namespaceOf = ({ metadata }: Resource): string => metadata.namespace ?? '';

const denies = (
  { spec: { policyTypes = ['Ingress'] } }: NetworkPolicy,
  direction: 'Ingress' | 'Egress',
): boolean => policyTypes.includes(direction);

const flowsAreNamed: Policy = {
  name: 'flows-are-named',
  because: 'any pod reaches any other, and the internet',
  except: {
    argocd: 'its own policies say who may come; it reads any repository',
    'metrics-server': 'policies in kube-system would be those of the cluster’s maker',
  },
  check: ({ resources }) =>
    workloadsOf(resources).flatMap(({ name, labels, resource }) =>
      (['Ingress', 'Egress'] as const).flatMap((direction): Finding[] => {
        const covered = resources
          .filter(isNetworkPolicy)
          .some(
            (policy) =>
              namespaceOf(policy) === namespaceOf(resource) &&
              denies(policy, direction) &&
              selects(policy.spec.podSelector, labels),
          );
        return covered ? [] : [{ resource: name, message: `has no NetworkPolicy for its ${direction}` }];
      }),
    ),
};

const metadataIsOutOfReach: Policy = {
  name: 'metadata-is-out-of-reach',
  because: 'a cloud hands its credentials to any process that asks 169.254.169.254',
  check: ({ resources }) =>
    resources.filter(isNetworkPolicy).flatMap((policy) => {
      const open = (policy.spec.egress ?? []).some(
        ({ to }) =>
          to?.some(
            ({ ipBlock }) =>
              ipBlock?.cidr === '0.0.0.0/0' && ipBlock.except?.includes('169.254.169.254/32') !== true,
          ) ?? true,
      );
      return open
        ? [
            {
              resource: nameOf(policy),
              message: 'lets pods reach 169.254.169.254: name the peers, or except it',
            },
          ]
        : [];
    }),
};

const backEndsAreInside: Policy = {
  name: 'back-ends-are-inside',
  because: 'it is reached past the gateway',
  check: ({ application, resources }) =>
    application.metadata.name === 'gateway'
      ? []
      : resources
          .filter(isService)
          .filter(({ spec: { type = 'ClusterIP' } }) => type !== 'ClusterIP')
          .map((service) => ({
            resource: nameOf(service),
            message: 'is open to the outside: a route of the gateway is',
          })),
};

const routesLeadSomewhere: Policy = {
  name: 'routes-lead-somewhere',
  because: 'the gateway answers 500',
  except: { 'argocd-routes': 'its Services are another Application’s' },
  check: ({ resources }) => {
    const isThere = (name: string, port: number): boolean =>
      resources
        .filter(isService)
        .some(
          ({ metadata, spec }) =>
            metadata.name === name && spec.ports?.some((open) => open.port === port) === true,
        );
    return resources.filter(isRoute).flatMap((route) =>
      route.spec.rules
        .flatMap(({ backendRefs = [] }) => backendRefs)
        .filter(({ name, port }) => !isThere(name, port))
        .map(({ name, port }) => ({
          resource: nameOf(route),
          message: `leads to ${name}:${port}, which isn’t there`,
        })),
    );
  },
};

/** Where a request to `path` ends, by the longest prefix, as the Gateway API says. */
const ruleFor = (rules: readonly RouteRule[], path: string): RouteRule | undefined =>
  rules
    .flatMap((rule) => (rule.matches ?? [{}]).map((match) => ({ rule, prefix: match.path?.value ?? '/' })))
    .filter(({ prefix }) => prefix === '/' || path === prefix || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]?.rule;

const operationsStayInside: Policy = {
  name: 'operations-stay-inside',
  because: 'metrics and the state of the database are anybody’s to read',
  except: { 'argocd-routes': 'Argo CD’s metrics have ports of their own' },
  check: ({ resources }) => {
    const rules = resources
      .filter(isRoute)
      .filter(({ spec }) => spec.hostnames !== undefined)
      .flatMap((route) => route.spec.rules.map((rule) => ({ route, rule })));
    return ['/metrics', '/health/live', '/health/ready'].flatMap((path): Finding[] => {
      const rule = ruleFor(
        rules.map((one) => one.rule),
        path,
      );
      const { filters = [], backendRefs = [] } = rule ?? {};
      if (
        backendRefs.length === 0 ||
        filters.some(({ urlRewrite }) => urlRewrite?.path?.type === 'ReplaceFullPath')
      )
        return [];
      const { route } = rules.find((one) => one.rule === rule)!;
      return [{ resource: nameOf(route), message: `${path} is routed to a service` }];
    });
  },
};

const hostsAreOnesOwn: Policy = {
  name: 'hosts-are-ones-own',
  because: 'two environments answer the same requests, in turns',
  check: ({ application, resources }, cluster) => {
    const others = cluster.filter((one) => one.application !== application);
    const owner = (host: string): string | undefined =>
      others.find((one) => one.resources.filter(isRoute).some(({ spec }) => spec.hostnames?.includes(host)))
        ?.application.metadata.name;
    return resources.filter(isRoute).flatMap((route): Finding[] => {
      const { hostnames = [] } = route.spec;
      if (hostnames.length === 0 && application.metadata.name !== 'gateway')
        return [{ resource: nameOf(route), message: 'takes every host: say `hostnames`' }];
      return hostnames.flatMap((host) => {
        const other = owner(host);
        return other === undefined
          ? []
          : [{ resource: nameOf(route), message: `${host} is taken by ${other}` }];
      });
    });
  },
};

export const networkPolicies: readonly Policy[] = [
  flowsAreNamed,
  metadataIsOutOfReach,
  backEndsAreInside,
  routesLeadSomewhere,
  operationsStayInside,
  hostsAreOnesOwn,
];
