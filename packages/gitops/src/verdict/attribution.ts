import type { Excuse, SymptomKind } from './evidence';
import { secondsBetween, type Instant } from './instant';
import type { NodeTrouble, Observation } from './observation';
import type { Policy } from './policy';
import type { Finding } from './symptoms/finding';

/** What a symptom can come from, beside the release. */
interface Nature {
  /** What has to work for it not to show: nothing but the release, a registry, or the services around. */
  readonly needs: 'nothing' | 'registry' | 'service';
  /** Whether one bad workload shows it on its neighbours too: these then prove no common cause. */
  readonly spreads: boolean;
}

const natures: Readonly<Record<SymptomKind, Nature>> = {
  'image-unavailable': { needs: 'registry', spreads: false },
  'container-not-created': { needs: 'nothing', spreads: false },
  'out-of-memory': { needs: 'nothing', spreads: false },
  'crash-loop': { needs: 'service', spreads: false },
  'pods-refused': { needs: 'nothing', spreads: false },
  'never-ready': { needs: 'service', spreads: true },
  'job-failed': { needs: 'service', spreads: false },
  'manifests-broken': { needs: 'nothing', spreads: false },
  'sync-refused': { needs: 'nothing', spreads: false },
  'budget-burning': { needs: 'service', spreads: true },
  'lag-growing': { needs: 'service', spreads: true },
  'dead-letters-growing': { needs: 'service', spreads: true },
};

interface Case {
  readonly finding: Finding;
  readonly all: readonly Finding[];
  readonly seen: Observation;
  readonly policy: Policy;
}
type Plea = (of: Case) => Excuse | undefined;

/** Only what the release changed can be its fault. */
const unchanged: Plea = ({ finding: { symptom, changed } }) =>
  changed ? undefined : { kind: 'unchanged', subject: symptom.subject };

/** By subject, not by kind: what wasn’t ready before may be crash-looping now. */
const failedBefore: Plea = ({ finding: { symptom }, seen }) =>
  seen.failedBefore.includes(symptom.subject)
    ? { kind: 'failed-before', subject: symptom.subject }
    : undefined;

/** The call to an admission webhook failed, not the admission (helm-controller #268). */
const notReached: Plea = ({ finding: { symptom } }) =>
  symptom.kind === 'sync-refused' && unreachable.test(symptom.message)
    ? { kind: 'not-reached', message: symptom.message }
    : undefined;

const unreachable =
  /failed calling webhook|connection refused|connection reset|i\/o timeout|no such host|no endpoints available|TLS handshake|x509:|context deadline exceeded|currently unable to handle|etcdserver:/i;

const dependencyDown: Plea = ({ finding: { symptom }, seen }) => {
  const down = seen.dependencies.find(({ kind }) => kind === natures[symptom.kind].needs);
  return down && { kind: 'dependency-down', name: down.name, message: down.message };
};

/**
 * Its pods are all on nodes in trouble, or wait for a node while one is missing. What is measured over
 * many pods suffers from any of them.
 */
const nodeInTrouble: Plea = ({ finding: { symptom, nodes }, seen }) => {
  const troubled = nodes.map((name) => troubleOf(name, seen.nodes));
  const suffers = natures[symptom.kind].spreads ? troubled.some(Boolean) : troubled.every(Boolean);
  const found = troubled.find((trouble) => trouble !== undefined);
  return suffers && found ? { kind: 'node-in-trouble', ...found } : undefined;
};

const troubleOf = (node: string | undefined, troubles: readonly NodeTrouble[]): NodeTrouble | undefined =>
  node === undefined ? troubles[0] : troubles.find(({ name }) => name === node);

/**
 * What has no change of its own fails at the same time: one that shows the same symptom, or two
 * applications with whatever symptom (argo-cd #13032, #6378, helm-operator #241).
 */
const commonCause: Plea = ({ finding: { symptom }, all, seen, policy }) => {
  const together = (since: Instant): boolean =>
    Math.abs(secondsBetween(since, symptom.since)) <= policy.window;
  const here = natures[symptom.kind].spreads
    ? []
    : all
        .filter((other) => !other.changed && other.symptom.kind === symptom.kind)
        .filter((other) => together(other.symptom.since))
        .map(({ symptom: { subject }, leaving }) => (leaving ? `the older pods of ${subject}` : subject));
  const there = seen.elsewhere.filter(({ changed, since }) => !changed && together(since));
  const alike = there.filter((other) => other.symptom === symptom.kind);
  const apart = new Set(there.map(({ name }) => name)).size >= 2 ? there : alike;
  const others = [...new Set([...here, ...apart.map(({ name }) => name)])];
  return others.length > 0 ? { kind: 'common-cause', others } : undefined;
};

const pleas: readonly Plea[] = [
  unchanged,
  failedBefore,
  notReached,
  dependencyDown,
  nodeInTrouble,
  commonCause,
];

/** Why this isn’t the release’s fault; undefined if it is, as far as anything shows. */
export function excuseFor(
  finding: Finding,
  all: readonly Finding[],
  seen: Observation,
  policy: Policy,
): Excuse | undefined {
  for (const plea of pleas) {
    const excuse = plea({ finding, all, seen, policy });
    if (excuse) return excuse;
  }
  return undefined;
}
