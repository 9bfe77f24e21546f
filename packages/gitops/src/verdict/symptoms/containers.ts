import { earliest, type Instant } from '../instant';
import type { Symptom } from '../evidence';
import type { Container, Pod } from '../observation';
import type { Policy } from '../policy';
import type { Finding } from './finding';

/** The kubelet’s waiting reasons (pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go). */
const noImage = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
const notCreated = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreStartHookError',
  'PostStartHookError',
];

type Sign = (
  container: Container & { readonly failingSince: Instant },
  subject: string,
  policy: Policy,
) => Symptom | undefined;

const waitsFor =
  (kind: 'image-unavailable' | 'container-not-created', reasons: readonly string[]): Sign =>
  ({ name, waiting, failingSince }, subject) =>
    waiting && reasons.includes(waiting.reason)
      ? {
          kind,
          subject,
          container: name,
          message: `${waiting.reason}: ${waiting.message}`,
          since: failingSince,
        }
      : undefined;

/** Once is enough: the limit is the release’s own, and a leak fills it again. */
const outOfMemory: Sign = ({ name, restarts, lastExit, failingSince }, subject) =>
  lastExit?.reason === 'OOMKilled'
    ? { kind: 'out-of-memory', subject, container: name, restarts, since: failingSince }
    : undefined;

const crashLoop: Sign = ({ name, restarts, waiting, lastExit, failingSince }, subject, policy) =>
  waiting?.reason === 'CrashLoopBackOff' || restarts >= policy.restarts
    ? {
        kind: 'crash-loop',
        subject,
        container: name,
        restarts,
        exitCode: lastExit?.code,
        since: failingSince,
      }
    : undefined;

/** The first that a container shows says most. */
const signs: readonly Sign[] = [
  waitsFor('image-unavailable', noImage),
  waitsFor('container-not-created', notCreated),
  outOfMemory,
  crashLoop,
];

/** What these pods show, each kind of symptom once: with its first sign, and the nodes of all that have it. */
export function containerFindings(
  pods: readonly Pod[],
  subject: string,
  changed: boolean,
  policy: Policy,
): Finding[] {
  const found = pods.flatMap(({ node, containers }) =>
    containers.flatMap((container) => {
      const symptom = symptomOf(container, subject, policy);
      return symptom ? [{ symptom, node }] : [];
    }),
  );
  return [...Map.groupBy(found, ({ symptom }) => symptom.kind).values()].map((same) => {
    const since = earliest(same.map(({ symptom }) => symptom.since));
    return {
      symptom: same.find(({ symptom }) => symptom.since === since)?.symptom ?? same[0]!.symptom,
      changed,
      nodes: same.map(({ node }) => node),
    };
  });
}

function symptomOf(container: Container, subject: string, policy: Policy): Symptom | undefined {
  const { failingSince } = container;
  if (failingSince === undefined) return undefined;
  for (const sign of signs) {
    const symptom = sign({ ...container, failingSince }, subject, policy);
    if (symptom) return symptom;
  }
  return undefined;
}
